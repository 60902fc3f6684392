import { tenantTable } from '@guildhall/kernel'
import { boolean, index, integer, json, jsonb, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import type { Overrides } from './overrides.ts'
import type { BlueprintSnapshot } from './snapshot.ts'

const at = (name: string) => timestamp(name, { withTimezone: true })

export const sampleStates = ['none', 'running', 'ready', 'failed'] as const

/** A blueprint as it is installed for a client. */
export const projects = tenantTable(
  'projects',
  {
    id: uuid('id').notNull(),
    blueprintId: text('blueprint_id').notNull(),
    blueprintVersion: integer('blueprint_version').notNull(),
    name: text('name').notNull(),
    /**
     * What the blueprint declared when it was installed or last upgraded: a newer program changes no project by itself.
     * `json` and not `jsonb`, because the order of members is the order of fields in a form.
     */
    snapshot: json('snapshot').$type<BlueprintSnapshot>().notNull(),
    /** What the client has made different; laid over the snapshot whenever it is read. */
    overrides: json('overrides').$type<Overrides>().notNull(),
    /** Ids by key. */
    knowledge: jsonb('knowledge').$type<Record<string, string>>().notNull(),
    agents: jsonb('agents').$type<Record<string, string>>().notNull(),
    /** Holds sample data. */
    demo: boolean('demo').notNull(),
    sampleState: text('sample_state', { enum: sampleStates }).notNull(),
    sampleError: text('sample_error'),
    createdAt: at('created_at').notNull(),
    updatedAt: at('updated_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.id] }),
    index('projects_tenant_created').on(table.tenantId, table.createdAt),
    index('projects_tenant_blueprint').on(table.tenantId, table.blueprintId),
  ],
)
