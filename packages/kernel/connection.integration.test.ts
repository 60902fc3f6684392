import { eq, sql } from 'drizzle-orm'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createStatementNames } from './connection.ts'
import { openDatabase, type Database, type TenantDatabase } from './database.ts'
import { newId } from './ids.ts'
import { auditEvents } from './schema.ts'
import { tenants } from './tenants-table.ts'
import { createTestDatabase, type TestDatabase } from './testing/test-database.ts'

let test: TestDatabase
const tenantId = newId()

beforeAll(async () => {
  test = await createTestDatabase()
})
afterAll(() => test.drop())

const event = (action: string) => ({
  id: newId(),
  tenantId,
  action,
  actorType: 'system',
  actorId: 'system',
  actorName: 'System',
  outcome: 'ok' as const,
  requestId: 'test',
})

describe('statements that keep coming', () => {
  it('get a name once they have run a few times, and only so many of them', () => {
    const nameOf = createStatementNames()
    const names = Array.from({ length: 8 }, () => nameOf('select $1'))
    expect(names.slice(0, 4)).toEqual([undefined, undefined, undefined, undefined])
    expect(names[4]).toMatch(/^[\w-]{22}$/)
    expect(new Set(names.slice(4)).size).toBe(1)
    for (let i = 0; i < 2000; i++) nameOf(`select $1, ${String(i % 300)}`)
    const named = Array.from({ length: 300 }, (_, i) => nameOf(`select $1, ${String(i)}`)).filter(Boolean)
    expect(named.length).toBeLessThan(100)
    expect(nameOf('select $1')).toBe(names[7])
  })
})

describe.each([
  ['a direct connection', false],
  ['a pooler in transaction mode', true],
] as const)('over %s', (_name, pooled) => {
  let database: TenantDatabase
  const prepared = () =>
    database.within({ tenantId: null }, async (db) => {
      const { rows } = await db.execute<{ n: number }>(sql`select count(*)::int as n from pg_prepared_statements`)
      return rows[0]?.n ?? -1
    })

  beforeAll(async () => {
    database = openDatabase({ url: test.appUrl, poolSize: 1, setRole: null, pooled, onIdleError: () => undefined })
    await database.within({ tenantId }, (db) =>
      db
        .insert(tenants)
        .values({ id: tenantId, kind: 'agency', slug: 'agency', name: 'Agency', agencyId: tenantId })
        .onConflictDoNothing(),
    )
  })
  afterAll(() => database.close())

  it(`repeated statements are ${pooled ? 'never' : 'soon'} prepared`, async () => {
    for (let i = 0; i < 8; i++)
      await database.within({ tenantId, readOnly: true }, (db) =>
        db.select().from(tenants).where(eq(tenants.slug, 'agency')),
      )
    if (pooled) expect(await prepared()).toBe(0)
    else expect(await prepared()).toBeGreaterThan(0)
  })

  it('a prepared statement shows each scope its own rows', async () => {
    const seen = async (id: string) =>
      (await database.within({ tenantId: id, readOnly: true }, (db) => db.select().from(auditEvents).limit(10))).length
    await database.within({ tenantId }, (db) => db.insert(auditEvents).values(event('test.scope')))
    const [mine] = await Promise.all(Array.from({ length: 8 }, () => seen(tenantId)))
    expect(mine).toBeGreaterThan(0)
    for (let i = 0; i < 8; i++) expect(await seen(newId())).toBe(0)
    expect(await seen(tenantId)).toBe(mine)
  })

  it('an error that was swallowed does not pass for a commit', async () => {
    const swallowed = database.within({ tenantId }, async (db) => {
      await db.execute(sql`select 1 / 0`).catch(() => undefined)
      return 'done'
    })
    await expect(swallowed).rejects.toThrow('rolled back')
    expect(await database.within({ tenantId, readOnly: true }, async () => 'usable')).toBe('usable')
  })

  it('of statements at once, each gets its own answer, and one that fails undoes all', async () => {
    const answers = await database.within({ tenantId, readOnly: true }, (db) =>
      Promise.all([1, 2, 3].map(async (n) => (await db.execute<{ n: number }>(sql`select ${n}::int as n`)).rows[0]?.n)),
    )
    expect(answers).toEqual([1, 2, 3])
    const failing = database.within({ tenantId }, (db) =>
      Promise.all([
        db.insert(auditEvents).values(event('test.pipeline')),
        db.execute(sql`select 1 / 0`),
        db.insert(auditEvents).values(event('test.pipeline')),
      ]),
    )
    await expect(failing).rejects.toThrow()
    const left = await database.within({ tenantId, readOnly: true }, (db) =>
      db.select().from(auditEvents).where(eq(auditEvents.action, 'test.pipeline')),
    )
    expect(left).toEqual([])
  })

  it('the last statement is in the transaction, whenever it is sent', async () => {
    const last = (action: string, wait: boolean) => async (db: Database) => {
      if (wait) await new Promise((resolve) => setTimeout(resolve, 5))
      await db.insert(auditEvents).values(event(action))
    }
    const written = async (action: string) =>
      (
        await database.within({ tenantId, readOnly: true }, (db) =>
          db.select().from(auditEvents).where(eq(auditEvents.action, action)),
        )
      ).length
    for (const wait of [false, true]) {
      const action = `test.last.${String(pooled)}.${String(wait)}`
      await database.within({ tenantId }, async () => 'done', last(action, wait))
      expect(await written(action)).toBe(1)
      const undone = database.within(
        { tenantId },
        (db) => db.insert(auditEvents).values(event(`${action}.undone`)),
        async (db) => {
          if (wait) await new Promise((resolve) => setTimeout(resolve, 5))
          await db.execute(sql`select 1 / 0`)
        },
      )
      await expect(undone).rejects.toThrow()
      expect(await written(`${action}.undone`)).toBe(0)
    }
    expect(await database.within({ tenantId, readOnly: true }, async () => 'usable')).toBe('usable')
  })

  it('reads in a crowd come back whole when nobody waits for their commits', async () => {
    const counts = await Promise.all(
      Array.from({ length: 60 }, () =>
        database.within({ tenantId, readOnly: true }, async (db) => (await db.select().from(tenants)).length),
      ),
    )
    expect(new Set(counts)).toEqual(new Set([1]))
  })
})

it('a transaction that cannot begin runs nothing of what was sent after it', async () => {
  const broken = await createTestDatabase()
  const database = openDatabase({
    url: broken.appUrl,
    poolSize: 1,
    setRole: null,
    pooled: false,
    onIdleError: () => undefined,
  })
  const admin = new pg.Client({ connectionString: broken.adminUrl })
  await admin.connect()
  try {
    await admin.query('create table open_to_all (n int); grant all on open_to_all to public')
    const add = () => database.within({ tenantId }, (db) => db.execute(sql`insert into open_to_all values (1)`))
    await add()
    await admin.query('revoke execute on function pg_catalog.set_config(text, text, boolean) from public')
    await expect(add()).rejects.toThrow('permission denied')
    const { rows } = await admin.query<{ n: number }>('select count(*)::int as n from open_to_all')
    expect(rows[0]?.n).toBe(1)
  } finally {
    await database.close()
    await admin.end()
    await broken.drop()
  }
})
