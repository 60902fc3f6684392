import { escapeIdentifier, type Client } from 'pg'
import { qualified, schemas, type Table } from './table-catalogue.ts'

/** What was taken off the tables, and how it is put back. */
export interface Loosened {
  statements: string[]
}

/**
 * Takes off what stands in the way of loading rows table by table: foreign keys (in any order, with cycles), user
 * triggers, and forced row-level security, under which even the owner could not load. All in the caller's transaction.
 */
export async function loosenTables(client: Client, tables: readonly Table[]): Promise<Loosened> {
  const statements: string[] = []
  const change = async (off: string, on: string) => {
    await client.query(off)
    statements.push(on)
  }
  for (const table of tables)
    if (table.secured && table.forced)
      await change(
        `alter table ${qualified(table)} no force row level security`,
        `alter table ${qualified(table)} force row level security`,
      )
  // A trigger or key of a partitioned table brings those of its partitions along.
  const triggers = await client.query<{ table: string; name: string; state: string }>(
    `select tgrelid::regclass::text as table, tgname as name, tgenabled as state
     from pg_trigger join pg_class c on c.oid = tgrelid
     where relnamespace::regnamespace::text = any($1) and tgparentid = 0 and not tgisinternal and tgenabled <> 'D'`,
    [schemas],
  )
  const enable: Record<string, string> = { O: 'enable', R: 'enable replica', A: 'enable always' }
  for (const { table, name, state } of triggers.rows)
    await change(
      `alter table ${table} disable trigger ${escapeIdentifier(name)}`,
      `alter table ${table} ${enable[state] ?? 'enable'} trigger ${escapeIdentifier(name)}`,
    )
  const keys = await client.query<{ table: string; name: string; definition: string }>(
    `select conrelid::regclass::text as table, conname as name, pg_get_constraintdef(oid) as definition
     from pg_constraint where contype = 'f' and conparentid = 0 and connamespace::regnamespace::text = any($1)`,
    [schemas],
  )
  for (const { table, name, definition } of keys.rows)
    await change(
      `alter table ${table} drop constraint ${escapeIdentifier(name)}`,
      `alter table ${table} add constraint ${escapeIdentifier(name)} ${definition}`,
    )
  return { statements }
}

/** Puts everything back; foreign keys are checked against the loaded rows. */
export async function tightenTables(client: Client, { statements }: Loosened): Promise<void> {
  for (const statement of statements) await client.query(statement)
}
