import { escapeIdentifier, type Client } from 'pg'

export interface Table {
  schema: string
  name: string
  /** Columns that hold data: generated ones are computed again. */
  columns: { name: string; type: string }[]
  /** Row-level security binds even the owner. */
  forced: boolean
  /** Row-level security is on. */
  secured: boolean
  /** Whether the current role owns the table. */
  owned: boolean
}

export interface Sequence {
  schema: string
  name: string
  /** Null when it has not given out a value yet. */
  lastValue: string | null
}

/** Schemas of the product: its tables, the accounts, and the migrator's own list. */
export const schemas = ['public', 'gh_auth', 'drizzle']

/** The product's tables, partitions each on their own; those of extensions belong to the extension. */
export async function listTables(client: Client): Promise<Table[]> {
  const { rows } = await client.query<Table>(
    `select n.nspname as schema, c.relname as name, c.relforcerowsecurity as forced, c.relrowsecurity as secured,
       pg_has_role(c.relowner, 'USAGE') as owned,
       coalesce((select jsonb_agg(jsonb_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod)) order by a.attnum)
         from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''), '[]') as columns
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and c.relpersistence <> 't' and n.nspname = any($1)
       and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
     order by 1, 2`,
    [schemas],
  )
  return rows
}

export async function listSequences(client: Client): Promise<Sequence[]> {
  const { rows } = await client.query<Sequence>(
    `select schemaname as schema, sequencename as name, last_value::text as "lastValue"
     from pg_sequences where schemaname = any($1) order by 1, 2`,
    [schemas],
  )
  return rows
}

/** Hashes of the applied migrations in order; empty for a database that was never migrated. */
export async function listMigrations(client: Client): Promise<string[]> {
  const present = await client.query<{ name: string | null }>(
    `select to_regclass('drizzle.__drizzle_migrations')::text as name`,
  )
  if (present.rows[0]?.name === null) return []
  const { rows } = await client.query<{ hash: string }>(
    'select hash from drizzle.__drizzle_migrations order by created_at, id',
  )
  return rows.map((row) => row.hash)
}

export function qualified({ schema, name }: { schema: string; name: string }): string {
  return `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`
}

export function columnList(columns: readonly { name: string }[]): string {
  return columns.map((column) => escapeIdentifier(column.name)).join(', ')
}
