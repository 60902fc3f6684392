import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { withAdmin } from './create-database.ts'
import { ExternalPostgresError, prepareExternalPostgres } from './external-postgres.ts'
import { startBareCluster, type BareCluster } from './testing/start-bare-cluster.ts'

let cluster: BareCluster
let url: (user: string, database?: string) => string

beforeAll(async () => {
  cluster = await startBareCluster()
  url = (user, database = 'agency') =>
    user === 'postgres' ? cluster.url(user, 'bare', database) : cluster.url(user, 'secret', database)
})
afterAll(() => cluster.stop())

/** An operator's database as it comes: owned by a plain role, nothing of ours in it. */
beforeEach(async () => {
  await withAdmin(cluster.adminUrl, async (admin) => {
    await admin.query('drop database if exists agency with (force)')
    const { rows } = await admin.query<{ rolname: string }>(
      `select rolname from pg_roles where rolname !~ '^(pg_|postgres$)'`,
    )
    for (const { rolname } of rows) await admin.query(`drop owned by ${rolname}; drop role ${rolname}`)
    await admin.query(`create role operator login password 'secret'`)
    await admin.query(`create role service login password 'secret'`)
    await admin.query('create database agency owner operator')
  })
})

async function asAdministrator(...statements: string[]): Promise<void> {
  await withAdmin(url('postgres'), async (admin) => {
    for (const statement of statements) await admin.query(statement)
  })
}

async function refusal(work: Promise<unknown>): Promise<ExternalPostgresError> {
  const error = await work.then(
    () => new Error('it was accepted'),
    (reason: unknown) => reason,
  )
  if (error instanceof ExternalPostgresError) return error
  throw error
}

/** What an application does: take on the role for one transaction, and see only what its tenant may see. */
async function visibleRows(login: string, tenant: string | null): Promise<number> {
  return await withAdmin(login, async (client) => {
    await client.query(`begin; set local role gh_app; select set_config('app.tenant', '${tenant ?? ''}', true)`)
    const { rows } = await client.query<{ n: number }>('select count(*)::int as n from notes')
    await client.query('commit')
    return rows[0]?.n ?? -1
  })
}

const schema = [
  'create table notes (tenant text, body text)',
  'alter table notes enable row level security',
  'alter table notes force row level security',
  `create policy notes_tenant on notes using (tenant = nullif(current_setting('app.tenant', true), ''))`,
  'grant select, insert, update, delete on notes to gh_app',
]

describe('a login that may make roles', () => {
  test('gets the roles, the right to take them on, and row-level security that binds it', async () => {
    await asAdministrator('alter role operator createrole')
    const prepared = await prepareExternalPostgres({ databaseUrl: url('operator') })
    expect(prepared).toMatchObject({
      loginRole: 'operator',
      setRole: 'gh_app',
      vector: { installed: null, offered: null },
      version: expect.stringMatching(/^\d+\.\d+/),
    })
    expect(prepared.warnings).toEqual([expect.stringMatching(/owner of the tables/)])
    await withAdmin(url('operator'), (owner) =>
      owner.query(`${schema.join(';')}; set app.tenant = 'a'; insert into notes values ('a', 'x')`),
    )
    expect(await visibleRows(url('operator'), 'a')).toBe(1)
    expect(await visibleRows(url('operator'), 'b')).toBe(0)
    expect(await visibleRows(url('operator'), null)).toBe(0)
    await withAdmin(url('operator'), (owner) =>
      owner.query('begin; set local role gh_worker; commit; create table gh_auth.users (id int)'),
    )
  })

  test('changes nothing the second time', async () => {
    await asAdministrator('alter role operator createrole')
    const first = await prepareExternalPostgres({ databaseUrl: url('operator') })
    await asAdministrator('alter role operator nocreaterole')
    expect(await prepareExternalPostgres({ databaseUrl: url('operator') })).toEqual(first)
  })

  test('prepares another login for the application', async () => {
    await asAdministrator('alter role operator createrole')
    const prepared = await prepareExternalPostgres({ databaseUrl: url('service'), directUrl: url('operator') })
    expect(prepared).toMatchObject({ loginRole: 'service', setRole: 'gh_app', warnings: [] })
    await withAdmin(url('operator'), (owner) => owner.query(`${schema.join(';')}; create table gh_auth.users (id int)`))
    expect(await visibleRows(url('service'), 'a')).toBe(0)
    await expect(withAdmin(url('service'), (service) => service.query('select * from notes'))).rejects.toMatchObject({
      code: '42501',
    })
    await withAdmin(url('service'), (service) => service.query('insert into gh_auth.users values (1)'))
  })

  test('may be started twice at the same moment', async () => {
    await asAdministrator('alter role operator createrole')
    const both = await Promise.all([1, 2, 3].map(() => prepareExternalPostgres({ databaseUrl: url('operator') })))
    expect(new Set(both.map((each) => each.setRole))).toEqual(new Set(['gh_app']))
  })
})

describe('a login that may not make roles', () => {
  test('gets the statements for the administrator, which mend it', async () => {
    const error = await refusal(prepareExternalPostgres({ databaseUrl: url('service'), directUrl: url('operator') }))
    expect(error.problem).toBe('missing-privileges')
    expect(error.message).toContain('GRANT gh_app TO "service"')
    expect(error.sql).toContain('CREATE ROLE gh_app NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE')
    await asAdministrator(...error.sql)
    expect(await prepareExternalPostgres({ databaseUrl: url('service'), directUrl: url('operator') })).toMatchObject({
      loginRole: 'service',
      setRole: 'gh_app',
    })
  })

  test('is told when even the schema is closed to it', async () => {
    const error = await refusal(prepareExternalPostgres({ databaseUrl: url('service') }))
    expect(error.sql).toContain('GRANT CREATE ON SCHEMA public TO "service"')
    await asAdministrator(...error.sql)
    expect((await prepareExternalPostgres({ databaseUrl: url('service') })).setRole).toBe('gh_app')
  })

  test('that is the application role itself needs to take on nothing', async () => {
    await asAdministrator(
      `create role gh_app login password 'secret'`,
      'create role gh_worker',
      'grant gh_worker to gh_app with inherit false, set true',
      'grant usage on schema public to gh_worker',
    )
    expect(await prepareExternalPostgres({ databaseUrl: url('gh_app'), directUrl: url('operator') })).toMatchObject({
      loginRole: 'gh_app',
      setRole: null,
      warnings: [],
    })
  })
})

describe('a server that cannot be used', () => {
  test('a superuser works, with a warning', async () => {
    const prepared = await prepareExternalPostgres({ databaseUrl: url('postgres') })
    expect(prepared).toMatchObject({
      loginRole: 'postgres',
      setRole: 'gh_app',
      warnings: [expect.stringMatching(/superuser/)],
    })
    await asAdministrator(...schema, `insert into notes values ('a', 'x'), ('b', 'y')`)
    expect(await visibleRows(url('postgres'), 'a')).toBe(1)
  })

  test('an application role that bypasses row-level security is refused', async () => {
    await asAdministrator('create role gh_app bypassrls', 'create role gh_worker superuser')
    const error = await refusal(prepareExternalPostgres({ databaseUrl: url('postgres') }))
    expect(error).toMatchObject({
      problem: 'unsafe-role',
      sql: ['ALTER ROLE gh_app NOSUPERUSER NOBYPASSRLS', 'ALTER ROLE gh_worker NOSUPERUSER NOBYPASSRLS'],
    })
    await asAdministrator(...error.sql)
    expect((await prepareExternalPostgres({ databaseUrl: url('postgres') })).setRole).toBe('gh_app')
  })

  test('two URLs that name two databases are refused', async () => {
    const error = await refusal(
      prepareExternalPostgres({ databaseUrl: url('postgres'), directUrl: url('postgres', 'postgres') }),
    )
    expect(error).toMatchObject({
      problem: 'different-databases',
      message: expect.stringMatching(/DATABASE_URL \(agency\) and DATABASE_DIRECT_URL \(postgres\)/),
    })
  })

  test('a database in another encoding is refused', async () => {
    await asAdministrator(
      'drop database if exists latin',
      `create database latin encoding 'LATIN1' locale 'C' template template0`,
    )
    expect((await refusal(prepareExternalPostgres({ databaseUrl: url('postgres', 'latin') }))).problem).toBe('encoding')
    await asAdministrator('drop database latin')
  })

  test('a wrong password and a closed port name the variable, and not the password', async () => {
    const wrong = new URL(url('operator'))
    wrong.password = 'wrong-password'
    const error = await refusal(prepareExternalPostgres({ databaseUrl: wrong.href }))
    expect(error.message).toMatch(/^DATABASE_URL: password authentication failed/)
    expect(error.message).not.toContain('wrong-password')
    const closed = await refusal(
      prepareExternalPostgres({ databaseUrl: url('operator'), directUrl: 'postgres://a:b@127.0.0.1:1/x' }),
    )
    expect(closed.message).toMatch(/^DATABASE_DIRECT_URL: .*ECONNREFUSED/)
  })
})
