import { tenantTable } from '@guildhall/kernel'
import { bigint, index, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core'

/** A row stands for bytes that are durable: it is written after them. */
export const files = tenantTable(
  'files',
  {
    id: uuid('id').notNull(),
    name: text('name').notNull(),
    bucket: text('bucket').notNull(),
    mediaType: text('media_type').notNull(),
    /** Bytes. */
    size: bigint('size', { mode: 'number' }).notNull(),
    sha256: text('sha256').notNull(),
    projectId: uuid('project_id'),
    /** `removed`: hidden already, the bytes are about to be erased. */
    state: text('state', { enum: ['stored', 'removed'] })
      .notNull()
      .default('stored'),
    /** Actor as `type:id`, and the name that it had. */
    createdBy: text('created_by').notNull(),
    createdByName: text('created_by_name').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.id] }),
    index('files_tenant_created').on(table.tenantId, table.createdAt),
    index('files_tenant_project').on(table.tenantId, table.projectId, table.createdAt),
  ],
)
