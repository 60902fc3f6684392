import { sql, type BuildExtraConfigColumns, type SQL } from 'drizzle-orm'
import {
  getTableConfig,
  pgPolicy,
  pgTable,
  uuid,
  type PgColumnBuilderBase,
  type PgTable,
  type PgTableExtraConfigValue,
} from 'drizzle-orm/pg-core'
import { tenants } from './tenants-table.ts'

/** What the application role may do with a table's rows. */
export type Grant = 'append-only' | 'read-write'

/** The tenant that the current transaction works for; no rows when none is set. */
export const currentTenant: SQL = sql`(select nullif(current_setting('app.tenant', true), '')::uuid)`
/** Further tenants whose rows may be read, set from grants for agency-wide views. */
const readableTenants: SQL = sql`(select string_to_array(nullif(current_setting('app.readable', true), ''), ','))::uuid[]`

function tenantColumn() {
  return uuid('tenant_id')
    .notNull()
    .references(() => tenants.id, { onDelete: 'cascade' })
}
type WithTenant<C> = { tenantId: ReturnType<typeof tenantColumn> } & C

const appendOnly = new Set<string>()

/**
 * A table whose rows belong to one tenant: `tenant_id`, row-level security and its two policies are part of the
 * definition, so none can be forgotten. `FORCE ROW LEVEL SECURITY` and the grants are put on by `secureTables` after
 * each migration, since drizzle-kit emits neither.
 *
 * @param extra indexes, keys and further policies; indexes should lead with `tenantId`, foreign keys include it.
 */
export function tenantTable<N extends string, C extends Record<string, PgColumnBuilderBase>>(
  name: N,
  columns: C,
  extra?: (table: BuildExtraConfigColumns<N, WithTenant<C>, 'pg'>) => PgTableExtraConfigValue[],
  options?: { grant?: Grant },
) {
  if (options?.grant === 'append-only') appendOnly.add(name)
  const all: WithTenant<C> = { tenantId: tenantColumn(), ...columns }
  return pgTable<N, WithTenant<C>>(name, all, (table) => [
    pgPolicy(`${name}_tenant`, {
      using: sql`tenant_id = ${currentTenant}`,
      withCheck: sql`tenant_id = ${currentTenant}`,
    }),
    pgPolicy(`${name}_readable`, { for: 'select', using: sql`tenant_id = any(${readableTenants})` }),
    ...(extra ? extra(table) : []),
  ])
}

export function grantOf(table: PgTable): Grant {
  return appendOnly.has(getTableConfig(table).name) ? 'append-only' : 'read-write'
}
