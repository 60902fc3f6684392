import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { desc, eq } from 'drizzle-orm'
import { z } from 'zod'
import {
  auditEvents,
  defineModule,
  job,
  jobs,
  listInput,
  listRows,
  newId,
  operation,
  outboxEvents,
  page,
  Problem,
  Timestamp,
} from './index.ts'
import { startTestRuntime, type TestRuntime } from './testing/index.ts'

const note = z.object({ id: z.string(), name: z.string(), at: Timestamp })
const ran: string[] = []

const greet = job({
  name: 'notes.greet',
  payload: z.object({ text: z.string() }),
  async run({ text }, ctx) {
    ran.push(`${ctx.tenant.slug}:${text}`)
  },
})

const flaky = job({
  name: 'notes.flaky',
  payload: z.object({}),
  maxAttempts: 1,
  async run() {
    throw new Error('does not work')
  },
  async failed(_payload, error) {
    ran.push(`failed:${error.message}`)
  },
})

const write = operation({
  name: 'notes.write',
  summary: 'Write an event as a note',
  route: 'POST /notes',
  permission: 'notes:write',
  input: z.object({ name: z.string().min(1), explode: z.boolean().optional() }),
  output: note,
  async run({ name, explode }, ctx) {
    const [row] = await ctx.db
      .insert(outboxEvents)
      .values({ id: newId(), tenantId: ctx.tenant.id, name, payload: {}, requestId: ctx.requestId })
      .returning()
    if (!row) throw new Error('not written')
    ctx.emit('note.written', { id: row.id })
    ctx.enqueue(greet, { text: name })
    if (explode) throw new Error('boom')
    return row
  },
})

const list = operation({
  name: 'notes.list',
  summary: 'List events',
  route: 'GET /notes',
  permission: 'notes:read',
  input: listInput(['name', 'at'], {}),
  output: page(note),
  run: (input, ctx) =>
    listRows<typeof outboxEvents.$inferSelect>(
      ctx.db,
      {
        table: outboxEvents,
        id: outboxEvents.id,
        sortable: { name: outboxEvents.name, at: outboxEvents.at },
        defaultSort: '-at',
      },
      input,
    ),
})

const slow = operation({
  name: 'notes.slow',
  summary: 'Waits on the outside world',
  route: 'POST /notes/slow',
  permission: 'notes:write',
  external: true,
  input: z.object({ fail: z.boolean() }),
  output: z.object({ n: z.number() }),
  async run({ fail }) {
    if (fail) throw new Problem({ status: 502, type: 'upstream', title: 'Upstream', detail: 'The other side is down.' })
    return { n: Math.random() }
  },
})

let app: TestRuntime
beforeAll(async () => {
  app = await startTestRuntime({
    modules: [defineModule({ name: 'notes', operations: [write, list, slow], jobs: [greet, flaky] })],
    worker: true,
  })
})
afterAll(() => app.stop())

describe('an operation', () => {
  it('writes its rows, its audit row and its events together', async () => {
    const [client] = app.clients
    const made = await app.run(write, { name: 'first' }, app.as('member', client))
    const context = app.context(app.as('viewer', client))
    await context.transaction(async ({ db }) => {
      const [audit] = await db.select().from(auditEvents).orderBy(desc(auditEvents.id)).limit(1)
      expect(audit).toMatchObject({ action: 'notes.write', actorId: 'user-1', outcome: 'ok' })
      const events = await db.select().from(outboxEvents).where(eq(outboxEvents.name, 'note.written'))
      expect(events.map((event) => event.payload)).toContainEqual({ id: made.id })
    })
  })

  it('leaves nothing behind when it throws', async () => {
    const [client] = app.clients
    await expect(app.run(write, { name: 'never', explode: true }, app.as('member', client))).rejects.toThrow('boom')
    const found = await app.run(list, { limit: 200 }, app.as('member', client))
    expect(found.items.map((item) => item.name)).not.toContain('never')
  })

  it('is refused to a role below its level, and to nobody in particular', async () => {
    const [client] = app.clients
    await expect(app.run(write, { name: 'x' }, app.as('viewer', client))).rejects.toMatchObject({ status: 403 })
    const [refusal] = await app
      .context(app.as('viewer', client))
      .transaction(({ db }) => db.select().from(auditEvents).orderBy(desc(auditEvents.id)).limit(1))
    expect(refusal).toMatchObject({ action: 'notes.write', outcome: 'denied' })
    const { anonymousCaller } = await import('./index.ts')
    await expect(app.run(write, { name: 'x' }, anonymousCaller)).rejects.toMatchObject({ status: 401 })
  })

  it('names the field of a bad input', async () => {
    const [client] = app.clients
    await expect(app.run(write, { name: '' }, app.as('member', client))).rejects.toMatchObject({
      status: 400,
      errors: [{ field: 'name' }],
    })
  })

  it('sees only the rows of its tenant', async () => {
    const [alpha, beta] = app.clients
    await app.run(write, { name: 'of alpha' }, app.as('member', alpha))
    const seen = await app.run(list, { limit: 200 }, app.as('owner', beta))
    expect(seen.items.map((item) => item.name)).not.toContain('of alpha')
  })

  it('answers a retry with the same key from the first answer, also when two come at once', async () => {
    const [client] = app.clients
    const caller = app.as('member', client)
    const send = () => app.run(write, { name: 'once' }, caller, { idempotencyKey: 'k1' })
    const [a, b] = await Promise.all([send(), send()])
    expect(a.id).toBe(b.id)
    expect((await send()).id).toBe(a.id)
    await expect(app.run(write, { name: 'other' }, caller, { idempotencyKey: 'k1' })).rejects.toMatchObject({
      status: 422,
      type: 'idempotency-key-reused',
    })
  })

  it('keeps the key of an external operation only when it succeeds', async () => {
    const [client] = app.clients
    const caller = app.as('member', client)
    await expect(app.run(slow, { fail: true }, caller, { idempotencyKey: 's1' })).rejects.toMatchObject({ status: 502 })
    const first = await app.run(slow, { fail: false }, caller, { idempotencyKey: 's2' })
    expect(await app.run(slow, { fail: false }, caller, { idempotencyKey: 's2' })).toEqual(first)
  })

  it('pages through a list without a gap or a double', async () => {
    const [, beta] = app.clients
    for (let n = 0; n < 23; n++) await app.run(write, { name: `page-${String(n % 5)}` }, app.as('member', beta))
    for (const sort of ['name', '-name', 'at', '-at']) {
      const seen: string[] = []
      let cursor: string | undefined
      do {
        const result = await app.run(list, { limit: 4, sort, ...(cursor ? { cursor } : {}) }, app.as('viewer', beta))
        seen.push(...result.items.map((item) => item.id))
        cursor = result.nextCursor ?? undefined
      } while (cursor)
      expect(new Set(seen).size).toBe(seen.length)
      expect(seen.length).toBe(46)
    }
    await expect(app.run(list, { cursor: 'nonsense' }, app.as('viewer', beta))).rejects.toMatchObject({
      status: 400,
      errors: [{ field: 'cursor' }],
    })
  })
})

describe('durable work', () => {
  it('runs as its tenant after the commit', async () => {
    const [client] = app.clients
    await app.run(write, { name: 'work' }, app.as('member', client))
    await expect.poll(() => ran).toContain('alpha:work')
    expect(ran).not.toContain('alpha:never')
  })

  it('rests as failed after the last attempt and says why', async () => {
    const [client] = app.clients
    await app.context(app.as('member', client)).transaction(async (ctx) => ctx.enqueue(flaky, {}))
    await expect.poll(() => ran).toContain('failed:does not work')
    const rows = await app
      .context(app.as('member', client))
      .transaction((ctx) => ctx.db.select().from(jobs).where(eq(jobs.name, 'notes.flaky')))
    expect(rows).toMatchObject([{ state: 'failed', lastError: 'does not work' }])
  })
})
