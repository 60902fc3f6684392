import type { MigrationMeta } from 'drizzle-orm/migrator'
import { escapeIdentifier, type Client } from 'pg'

const migrationList = 'drizzle.__drizzle_migrations'

/**
 * Puts the empty tables that `migrations` make in the place of those that are there, inside the caller's transaction.
 * Roles, schemas and extensions stay. Rights are not given: the migration onward does that.
 */
export async function rebuildTables(client: Client, migrations: readonly MigrationMeta[]): Promise<void> {
  // A superuser must not become the owner of tables that the next migration wants to change.
  const { rows } = await client.query<{ owner: string }>(
    `select pg_get_userbyid(relowner) as owner from pg_class where oid = to_regclass($1)`,
    [migrationList],
  )
  const [list] = rows
  if (!list) throw new Error('The database was never migrated, so nobody owns its tables yet.')
  await client.query(`set local role ${escapeIdentifier(list.owner)}`)
  for (const statement of await dropStatements(client)) await client.query(statement)
  await client.query(`truncate ${migrationList}`)
  for (const { sql, hash, folderMillis } of migrations) {
    for (const statement of sql) await client.query(statement)
    await client.query(`insert into ${migrationList} (hash, created_at) values ($1, $2)`, [hash, folderMillis])
  }
  await client.query('set local role none')
}

/** Everything in `public` that a migration can have made; what an extension brought belongs to the extension. */
async function dropStatements(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ statement: string }>(
    `select format('drop %s if exists %s cascade', kind, name) as statement from (
       select 1 as place, case c.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence' else 'table' end as kind,
         format('public.%I', c.relname) as name, 'pg_class'::regclass as catalogue, c.oid as object
       from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'S')
       union all
       select 2, 'routine', p.oid::regprocedure::text, 'pg_proc'::regclass, p.oid
       from pg_proc p where p.pronamespace = 'public'::regnamespace
       union all
       select 3, 'type', format('public.%I', t.typname), 'pg_type'::regclass, t.oid
       from pg_type t where t.typnamespace = 'public'::regnamespace and t.typtype in ('e', 'd', 'r')
     ) made
     where not exists (select from pg_depend d where d.classid = made.catalogue and d.objid = made.object and d.deptype in ('e', 'i'))
     order by place`,
  )
  return rows.map((row) => row.statement)
}
