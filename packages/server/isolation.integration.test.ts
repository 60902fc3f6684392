import { randomUUID } from 'node:crypto'
import { newId } from '@guildhall/kernel'
import { createTestDatabase, type TestDatabase } from '@guildhall/kernel/testing'
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { allTables } from './schema-files.ts'

/**
 * Derived from the catalogue: every tenant table is tried from its own tenant, from another, and from none. The
 * second part takes each policy away in turn and demands that these very checks notice.
 */
const tables = (await allTables()).filter((table) => getTableConfig(table).name !== 'tenants')
const alpha = newId()
const beta = newId()

let database: TestDatabase
let owner: pg.Client
let app: pg.Client
beforeAll(async () => {
  database = await createTestDatabase()
  owner = new pg.Client({ connectionString: database.adminUrl })
  app = new pg.Client({ connectionString: database.appUrl })
  await Promise.all([owner.connect(), app.connect()])
  for (const id of [alpha, beta])
    await owner.query(`insert into tenants (id, kind, agency_id, slug, name) values ($1, 'agency', $1, $2, 'T')`, [
      id,
      id.slice(-12),
    ])
  // The rows themselves are not the point here: foreign keys within the product would only order the inserts.
  await owner.query(`set session_replication_role = replica`)
  for (const table of tables) await insertRow(owner, table, alpha)
})
afterAll(async () => {
  await Promise.all([owner.end(), app.end()])
  await database.drop()
})

describe('every tenant table', () => {
  it('is known to the catalogue: none in the database is left out', async () => {
    const { rows } = await owner.query<{ name: string }>(
      `select table_name as name from information_schema.columns where table_schema = 'public' and column_name = 'tenant_id'`,
    )
    expect(rows.map((row) => row.name).toSorted()).toEqual(tables.map((table) => getTableConfig(table).name).toSorted())
  })

  it('has forced row-level security, and the application role neither owns it nor goes around it', async () => {
    const { rows } = await owner.query(
      `select c.relname, c.relrowsecurity, c.relforcerowsecurity, pg_get_userbyid(c.relowner) as owner
       from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' and c.relkind in ('r', 'p')`,
    )
    for (const row of rows)
      expect(row).toMatchObject({ relrowsecurity: true, relforcerowsecurity: true, owner: 'gh_owner' })
    const role = await owner.query(
      `select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles where rolname = 'gh_app'`,
    )
    expect(role.rows).toEqual([{ rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcreatedb: false }])
  })

  for (const table of tables) {
    const { name } = getTableConfig(table)
    it(`${name} shows its rows to their tenant and to nobody else`, async () => {
      expect(await breaches(app, table)).toEqual([])
    })
  }
})

describe('without any one of its policies', () => {
  for (const table of tables) {
    const { name, policies } = getTableConfig(table)
    for (const policy of policies.filter(
      (each) => each.name === `${name}_tenant` || each.name === `${name}_readable`,
    )) {
      it(`${policy.name}: ${name} fails the check`, async () => {
        await owner.query(`alter table "${name}" disable row level security`)
        try {
          expect(await breaches(app, table)).not.toEqual([])
        } finally {
          await owner.query(`alter table "${name}" enable row level security`)
        }
        const { rows } = await owner.query(
          `select pg_get_expr(polqual, polrelid) as using, polcmd from pg_policy where polname = $1`,
          [policy.name],
        )
        expect(rows).toHaveLength(1)
        await owner.query('begin')
        await owner.query(`drop policy "${policy.name}" on "${name}"`)
        await owner.query('commit')
        try {
          expect(await breaches(app, table)).not.toEqual([])
        } finally {
          const check = policy.name.endsWith('_tenant') ? ` with check (${rows[0].using})` : ''
          const command = rows[0].polcmd === 'r' ? 'for select' : 'for all'
          await owner.query(`create policy "${policy.name}" on "${name}" ${command} using (${rows[0].using})${check}`)
        }
        expect(await breaches(app, table)).toEqual([])
      })
    }
  }
})

/** What is wrong with the isolation of one table, in words; nothing = as it must be. */
async function breaches(client: pg.Client, table: PgTable): Promise<string[]> {
  const { name } = getTableConfig(table)
  const found: string[] = []
  const count = async (tenant: string, readable = '') => {
    await client.query('begin')
    try {
      await client.query(`select set_config('app.tenant', $1, true), set_config('app.readable', $2, true)`, [
        tenant,
        readable,
      ])
      const { rows } = await client.query<{ n: number }>(
        `select count(*)::int as n from "${name}" where tenant_id = $1`,
        [alpha],
      )
      return rows[0]?.n ?? 0
    } finally {
      await client.query('rollback')
    }
  }
  if ((await count(alpha)) !== 1) found.push('its own tenant does not see the row')
  if ((await count(beta)) !== 0) found.push('another tenant sees the row')
  if ((await count('')) !== 0) found.push('nobody in particular sees the row')
  if ((await count(beta, alpha)) !== 1) found.push('a granted reader does not see the row')
  if ((await count(beta, beta)) !== 0) found.push('a reader of other tenants sees the row')
  for (const [tenant, readable] of [
    [beta, ''],
    [beta, alpha],
    ['', ''],
  ] as const) {
    for (const statement of [
      `update "${name}" set tenant_id = tenant_id where tenant_id = $1`,
      `delete from "${name}" where tenant_id = $1`,
    ]) {
      await client.query('begin')
      try {
        await client.query(`select set_config('app.tenant', $1, true), set_config('app.readable', $2, true)`, [
          tenant,
          readable,
        ])
        const { rowCount } = await client.query(statement, [alpha])
        if (rowCount !== 0) found.push(`another tenant may ${statement.slice(0, 6)}`)
      } catch (error) {
        // 42501: the role has not even the right, which is stronger than the policy.
        if (!(error instanceof pg.DatabaseError) || error.code !== '42501') throw error
      } finally {
        await client.query('rollback')
      }
    }
  }
  await client.query('begin')
  try {
    await client.query(`select set_config('app.tenant', $1, true)`, [beta])
    await insertRow(client, table, alpha)
    found.push('another tenant may write a row here')
  } catch (error) {
    // 23505: the row got as far as the unique index, so no policy stood in its way.
    if (!(error instanceof pg.DatabaseError) || error.code !== '42501')
      found.push(`an insert for another tenant failed with ${String(error)} instead of being refused`)
  } finally {
    await client.query('rollback')
  }
  return found
}

/** One row with a plausible value in each column that needs one. */
async function insertRow(client: pg.Client, table: PgTable, tenantId: string): Promise<void> {
  const { name, columns } = getTableConfig(table)
  const needed = columns.filter(
    (column) => column.name === 'tenant_id' || (column.notNull && !column.hasDefault && column.generated === undefined),
  )
  const values = needed.map((column) =>
    column.name === 'tenant_id' ? tenantId : sample(column.getSQLType(), column.enumValues),
  )
  await client.query(
    `insert into "${name}" (${needed.map((column) => `"${column.name}"`).join(', ')}) values (${needed.map((_, at) => `$${String(at + 1)}`).join(', ')})`,
    values,
  )
}

function sample(type: string, allowed: readonly string[] | undefined): unknown {
  if (allowed && allowed.length > 0) return allowed[0]
  if (type === 'uuid') return randomUUID()
  if (type.endsWith('[]')) return []
  if (type.startsWith('json')) return '{}'
  if (/^(integer|bigint|smallint|numeric|double precision|real)/.test(type)) return 1
  if (type === 'boolean') return true
  if (type.startsWith('timestamp') || type === 'date') return new Date()
  if (type === 'bytea') return Buffer.from('x')
  return randomUUID()
}
