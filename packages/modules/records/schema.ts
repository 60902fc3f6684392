import { tenantTable } from '@guildhall/kernel'
import { customType, foreignKey, index, integer, jsonb, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core'

const tsvector = customType<{ data: string }>({ dataType: () => 'tsvector' })
const at = (name: string) => timestamp(name, { withTimezone: true })

/**
 * Collections that hold or held records. Erasing such a row erases the history of its records, which the application
 * role itself may not delete.
 */
export const recordCollections = tenantTable(
  'record_collections',
  { projectId: uuid('project_id').notNull(), collection: text('collection').notNull() },
  (table) => [primaryKey({ columns: [table.tenantId, table.projectId, table.collection] })],
)

/** Records of all collections. */
export const records = tenantTable(
  'records',
  {
    id: uuid('id').notNull(),
    projectId: uuid('project_id').notNull(),
    collection: text('collection').notNull(),
    version: integer('version').notNull(),
    data: jsonb('data').$type<Record<string, unknown>>().notNull(),
    /**
     * The top-level members that are text (its first characters), numbers, dates or booleans: what filters, sorts and
     * charts read, so that they need not unpack large documents such as transcripts.
     */
    scalars: jsonb('scalars').$type<Record<string, string | number | boolean>>().notNull(),
    search: tsvector('search').notNull(),
    createdAt: at('created_at').notNull(),
    updatedAt: at('updated_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.id] }),
    index('records_updated').on(table.tenantId, table.projectId, table.collection, table.updatedAt, table.id),
    index('records_created').on(table.tenantId, table.projectId, table.collection, table.createdAt, table.id),
    index('records_search').using('gin', table.search),
  ],
)

/** What each change replaced. The data of version n stands in the row of version n + 1, or in the record itself. */
export const recordHistory = tenantTable(
  'record_history',
  {
    recordId: uuid('record_id').notNull(),
    version: integer('version').notNull(),
    projectId: uuid('project_id').notNull(),
    collection: text('collection').notNull(),
    change: text('change', { enum: ['create', 'update', 'remove', 'restore'] }).notNull(),
    /** Data before the change; null when there was none. */
    before: jsonb('before').$type<Record<string, unknown>>(),
    recordCreatedAt: at('record_created_at').notNull(),
    actorType: text('actor_type').notNull(),
    actorId: text('actor_id').notNull(),
    actorName: text('actor_name').notNull(),
    at: at('at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.recordId, table.version] }),
    foreignKey({
      name: 'record_history_collection',
      columns: [table.tenantId, table.projectId, table.collection],
      foreignColumns: [recordCollections.tenantId, recordCollections.projectId, recordCollections.collection],
    }).onDelete('cascade'),
    index('record_history_collection').on(table.tenantId, table.projectId, table.collection, table.at),
  ],
  { grant: 'append-only' },
)
