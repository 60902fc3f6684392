import { auditEvents, newId, type Tenant } from '@guildhall/kernel'
import { startTestRuntime, type TestRuntime } from '@guildhall/kernel/testing'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { recordsModule, type RecordConditions } from './index.ts'
import { aggregateRecords } from './operations/aggregate-records.ts'
import { createRecord } from './operations/create-record.ts'
import { getRecord } from './operations/get-record.ts'
import { listRecords } from './operations/list-records.ts'
import { recordHistory as historyOperation } from './operations/record-history.ts'
import { removeRecord } from './operations/remove-record.ts'
import { restoreRecord } from './operations/restore-record.ts'
import { updateRecord } from './operations/update-record.ts'
import { recordHistory } from './schema.ts'
import { collectionsOf, deals } from './testing/deals.ts'

let app: TestRuntime
let alpha: Tenant
let beta: Tenant
const projectIds = Array.from({ length: 100 }, newId)
let nextProject = 0
let at: { projectId: string; collection: string }
beforeAll(async () => {
  app = await startTestRuntime({
    modules: [recordsModule],
    services: { collections: collectionsOf(projectIds, deals) },
  })
  ;[alpha, beta] = app.clients
})
afterAll(() => app.stop())
beforeEach(() => {
  at = { projectId: projectIds[nextProject++] ?? '', collection: 'deals' }
})

const member = () => app.as('member', alpha)
const create = (data: Record<string, unknown>) => app.run(createRecord, { ...at, data }, member())
const fill = (rows: Record<string, unknown>[]) =>
  app
    .context(member())
    .transaction((tx) => tx.services.records.createMany(tx, { ...at, rows: rows.map((data) => ({ data })) }))
const names = async (query: Partial<Parameters<typeof list>[0]> = {}) =>
  (await list(query)).items.map((record) => record.data['name'])
const list = (query: {
  filter?: RecordConditions
  sort?: string
  q?: string
  limit?: number
  cursor?: string
  members?: string
}) => {
  const { filter, ...rest } = query
  return app.run(listRecords, { ...at, ...rest, ...(filter ? { filter: JSON.stringify(filter) } : {}) }, member())
}
const execute = (statement: string) => app.context(member()).transaction((tx) => tx.db.execute(sql.raw(statement)))
const aggregate = async (
  request: Omit<
    Parameters<typeof app.run<typeof aggregateRecords.input, typeof aggregateRecords.output>>[1],
    'projectId' | 'collection'
  >,
) =>
  (await app.run(aggregateRecords, { ...at, ...request }, member())).groups.map(({ key, series, value, count }) => [
    key,
    series,
    value,
    count,
  ])

describe('a record', () => {
  it('is created with the defaults of its collection, read, and changed member by member', async () => {
    const created = await create({ name: 'Acme', value: 10, notes: 'x' })
    expect(created).toMatchObject({ version: 1, data: { name: 'Acme', stage: 'new', value: 10 } })
    const changed = await app.run(
      updateRecord,
      { ...at, id: created.id, data: { stage: 'won', notes: null } },
      member(),
    )
    expect(changed).toMatchObject({ version: 2, data: { name: 'Acme', stage: 'won', value: 10 } })
    expect(changed.data).not.toHaveProperty('notes')
    expect(await app.run(getRecord, { ...at, id: created.id }, member())).toEqual(changed)
  })

  it('that does not fit its collection is refused with the path of each wrong member', async () => {
    await expect(create({ stage: 'open' })).rejects.toMatchObject({
      status: 400,
      errors: expect.arrayContaining([{ field: 'data.name', message: 'is missing' }]),
    })
    const { id } = await create({ name: 'A' })
    await expect(app.run(updateRecord, { ...at, id, data: { value: 'much' } }, member())).rejects.toMatchObject({
      errors: [{ field: 'data.value' }],
    })
    for (const name of ['a\0b', 'a\uD800'])
      await expect(create({ name })).rejects.toMatchObject({ errors: [{ field: 'data.name' }] })
  })

  it('is not overwritten by somebody who has not seen the last change', async () => {
    const { id } = await create({ name: 'A' })
    const change = (value: number) => app.run(updateRecord, { ...at, id, version: 1, data: { value } }, member())
    const outcomes = await Promise.allSettled([change(1), change(2)])
    expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(['fulfilled', 'rejected'])
    await expect(change(3)).rejects.toMatchObject({
      status: 409,
      errors: [{ field: 'version', message: 'is 2 by now' }],
    })
    await expect(app.run(removeRecord, { ...at, id, version: 1 }, member())).rejects.toMatchObject({ status: 409 })
  })

  it('keeps every version, who made it and when; a change of nothing makes none', async () => {
    const { id } = await create({ name: 'A', value: 1 })
    await app.run(updateRecord, { ...at, id, data: { value: 2 } }, member())
    await app.run(updateRecord, { ...at, id, data: { value: 2 } }, member())
    await app.run(
      removeRecord,
      { ...at, id },
      app.as('admin', alpha, { id: 'u2', name: 'Second Person', email: 'second@example.test' }),
    )
    await app.run(restoreRecord, { ...at, id }, member())
    await app.run(updateRecord, { ...at, id, data: { name: 'B' } }, member())
    const { items } = await app.run(historyOperation, { ...at, id }, member())
    expect(items.map(({ version, change, data, actor }) => [version, change, data, actor.name])).toEqual([
      [5, 'update', { name: 'B', stage: 'new', value: 2 }, 'Test Person'],
      [4, 'restore', { name: 'A', stage: 'new', value: 2 }, 'Test Person'],
      [3, 'remove', null, 'Second Person'],
      [2, 'update', { name: 'A', stage: 'new', value: 2 }, 'Test Person'],
      [1, 'create', { name: 'A', stage: 'new', value: 1 }, 'Test Person'],
    ])
  })

  it('that was removed is gone from lists and search, and comes back as it was', async () => {
    const created = await create({ name: 'Phoenix', value: 7 })
    await app.run(removeRecord, { ...at, id: created.id }, member())
    expect(await names({ q: 'phoenix' })).toEqual([])
    await expect(app.run(getRecord, { ...at, id: created.id }, member())).rejects.toMatchObject({ status: 404 })
    const restored = await app.run(restoreRecord, { ...at, id: created.id }, member())
    expect(restored).toMatchObject({ data: created.data, createdAt: created.createdAt, version: 3 })
    expect(await names({ q: 'phoenix' })).toEqual(['Phoenix'])
    await expect(app.run(restoreRecord, { ...at, id: created.id }, member())).rejects.toMatchObject({ status: 409 })
    await expect(app.run(restoreRecord, { ...at, id: newId() }, member())).rejects.toMatchObject({ status: 404 })
  })

  it('belongs to its tenant, its project and its collection', async () => {
    const { id } = await create({ name: 'A' })
    const stranger = app.as('owner', beta)
    await expect(app.run(getRecord, { ...at, id }, stranger)).rejects.toMatchObject({ status: 404 })
    await expect(app.run(updateRecord, { ...at, id, data: { name: 'B' } }, stranger)).rejects.toMatchObject({
      status: 404,
    })
    await expect(app.run(removeRecord, { ...at, id }, stranger)).rejects.toMatchObject({ status: 404 })
    await expect(app.run(historyOperation, { ...at, id }, stranger)).rejects.toMatchObject({ status: 404 })
    await expect(app.run(getRecord, { ...at, projectId: projectIds[99] ?? '', id }, member())).rejects.toMatchObject({
      status: 404,
    })
    await expect(app.run(getRecord, { ...at, collection: 'other', id }, member())).rejects.toMatchObject({
      status: 404,
    })
    await expect(app.run(createRecord, { ...at, data: { name: 'A' } }, app.as('viewer', alpha))).rejects.toMatchObject({
      status: 403,
    })
  })

  it('leaves its trace in the audit trail', async () => {
    const { id } = await create({ name: 'A' })
    const rows = await app
      .context(member())
      .transaction((tx) => tx.db.select().from(auditEvents).where(eq(auditEvents.action, 'records.create')))
    expect(rows).toContainEqual(expect.objectContaining({ targets: [{ type: 'record', id }] }))
  })
})

describe('history', () => {
  it('cannot be changed or deleted by the application', async () => {
    await create({ name: 'A' })
    await expect(execute('delete from record_history')).rejects.toThrow()
    await expect(execute(`update record_history set actor_name = 'x'`)).rejects.toThrow()
  })

  it('goes with its project', async () => {
    const { id } = await create({ name: 'A' })
    await app.run(updateRecord, { ...at, id, data: { name: 'B' } }, member())
    await app.context(member()).transaction(async (tx) => {
      await tx.services.records.eraseProject(tx, at.projectId)
      expect(await tx.db.$count(recordHistory, eq(recordHistory.projectId, at.projectId))).toBe(0)
    })
    expect(await names()).toEqual([])
  })
})

describe('a list', () => {
  const rows = [
    {
      name: 'alpha',
      value: 10,
      stage: 'won',
      closesOn: '2026-03-01',
      metAt: '2026-01-01T10:00:00+02:00',
      tags: ['a', 'b'],
      priority: true,
      rating: 3,
    },
    {
      name: 'Beta',
      value: 9,
      stage: 'new',
      closesOn: '2026-01-15',
      metAt: '2026-01-01T09:00:00Z',
      tags: ['b'],
      priority: false,
    },
    {
      name: 'gamma',
      value: -1.5,
      stage: 'won',
      closesOn: '2025-12-31',
      metAt: '2025-12-31T23:59:59.5Z',
      notes: '100% sure_thing',
    },
    { name: 'Delta', stage: 'lost', notes: 'nothing to say' },
  ]

  it.each([
    ['name', ['alpha', 'Beta', 'Delta', 'gamma']],
    ['-name', ['gamma', 'Delta', 'Beta', 'alpha']],
    ['value', ['gamma', 'Beta', 'alpha', 'Delta']],
    ['-value', ['alpha', 'Beta', 'gamma', 'Delta']],
    ['closesOn', ['gamma', 'Beta', 'alpha', 'Delta']],
    ['-metAt', ['Beta', 'alpha', 'gamma', 'Delta']],
    ['-priority', ['alpha', 'Beta']],
  ])('is sorted by %s by the type of the member, records without it last', async (sort, expected) => {
    await fill(rows)
    expect((await names({ sort })).slice(0, expected.length)).toEqual(expected)
  })

  it.each<[RecordConditions, string[]]>([
    [{ stage: { eq: 'won' } }, ['alpha', 'gamma']],
    [{ stage: { in: ['new', 'lost'] } }, ['Beta', 'Delta']],
    [{ value: { gte: 9, lte: 9.5 } }, ['Beta']],
    [{ value: { eq: -1.5 } }, ['gamma']],
    [{ value: { eq: null } }, ['Delta']],
    [{ closesOn: { gte: '2026-01-01' } }, ['alpha', 'Beta']],
    [{ metAt: { eq: '2026-01-01T08:00:00Z' } }, ['alpha']],
    [{ metAt: { lte: '2026-01-01' } }, ['gamma']],
    [{ tags: { eq: 'b' } }, ['alpha', 'Beta']],
    [{ tags: { in: ['a', 'z'] } }, ['alpha']],
    [{ priority: { eq: false } }, ['Beta']],
    [{ notes: { contains: '100% SURE_' } }, ['gamma']],
    [{ notes: { contains: '%' } }, ['gamma']],
    [{ stage: { eq: 'won' }, value: { gte: 0 } }, ['alpha']],
    [{ stage: { in: [] } }, []],
    [{ createdAt: { gte: '2020-01-01' }, rating: { eq: 3 } }, ['alpha']],
  ])('is filtered by %j', async (filter, expected) => {
    await fill(rows)
    expect(await names({ filter, sort: 'name' })).toEqual(expected)
  })

  it('compares moments in any offset, the leap second included', async () => {
    await fill([
      { name: 'leap', metAt: '2016-12-31T23:59:60Z' },
      { name: 'after', metAt: '2017-01-01T01:00:00+01:00' },
      { name: 'before', metAt: '2016-12-31t23:59:59z' },
    ])
    expect(await names({ sort: 'metAt' })).toEqual(['before', 'leap', 'after'])
  })

  it('compares long text to its last character', async () => {
    const long = 'x'.repeat(400)
    await fill([
      { name: 'a', notes: `${long}1` },
      { name: 'b', notes: `${long}2` },
      { name: 'c', notes: 'x'.repeat(256) },
    ])
    expect(await names({ filter: { notes: { eq: `${long}2` } } })).toEqual(['b'])
    expect(await names({ filter: { notes: { eq: 'x'.repeat(256) } } })).toEqual(['c'])
  })

  it.each<[Parameters<typeof list>[0], string]>([
    [{ sort: 'colour' }, 'sort'],
    [{ sort: 'tags' }, 'sort'],
    [{ sort: '--name' }, 'sort'],
    [{ sort: 'constructor' }, 'sort'],
    [{ filter: { colour: { eq: 1 } } }, 'filter.colour'],
    [{ filter: { value: { eq: '1' } } }, 'filter.value.eq'],
    [{ filter: { value: { contains: '1' } } }, 'filter.value.contains'],
    [{ filter: { closesOn: { gte: 'soon' } } }, 'filter.closesOn.gte'],
    [{ filter: { metAt: { gte: '2026-99-99' } } }, 'filter.metAt.gte'],
    [{ filter: { id: { eq: 'x' } } }, 'filter.id'],
    [{ filter: { tags: { gte: 1 } } }, 'filter.tags'],
    [{ cursor: 'nonsense' }, 'cursor'],
    [{ cursor: Buffer.from(JSON.stringify(['-updatedAt', 'yesterday-ish', newId()])).toString('base64url') }, ''],
    [{ sort: 'value', cursor: Buffer.from(JSON.stringify(['value', 'x', newId()])).toString('base64url') }, ''],
    [{ cursor: Buffer.from(JSON.stringify(['-updatedAt', null, newId()])).toString('base64url') }, 'cursor'],
  ])('with %j is refused, naming what is wrong', async (query, field) => {
    await expect(list(query)).rejects.toMatchObject({ status: 400, errors: [{ field }] })
  })

  it('refuses a filter that is not JSON or has an unknown operator', async () => {
    await expect(app.run(listRecords, { ...at, filter: '{' }, member())).rejects.toMatchObject({
      errors: [{ field: 'filter' }],
    })
    await expect(app.run(listRecords, { ...at, filter: '{"name":{"like":"x"}}' }, member())).rejects.toMatchObject({
      errors: [{ field: 'filter.name' }],
    })
  })

  it('finds words of the searched members, also unfinished, in any case and without accents', async () => {
    await fill([{ name: 'Café Müller', notes: 'Wants a quote for jose@acme.test' }, { name: 'Other' }])
    for (const q of ['cafe', 'MULL', 'müller quote', 'acme.test', 'jos'])
      expect(await names({ q })).toEqual(['Café Müller'])
    expect(await names({ q: 'cafe other' })).toEqual([])
    expect(await names({ q: '&|!():*' })).toEqual([])
    expect(await names({ q: '  ' })).toHaveLength(2)
  })

  it('gives only the members that are asked for', async () => {
    await fill(rows.slice(0, 1))
    const { items } = await list({ members: 'name,value,a"b,{x}' })
    expect(items[0]?.data).toEqual({ name: 'alpha', value: 10 })
  })
})

describe('an aggregate', () => {
  const rows = [
    { name: 'a', stage: 'won', value: 10, closesOn: '2026-01-05', metAt: '2026-01-05T23:30:00Z', tags: ['x', 'y'] },
    { name: 'b', stage: 'won', value: 20, closesOn: '2026-01-11', metAt: '2026-01-11T10:00:00Z', tags: ['y'] },
    { name: 'c', stage: 'lost', value: 5, closesOn: '2026-02-01', priority: true },
    { name: 'd', stage: 'lost' },
  ]
  it('counts, adds up, averages and finds extremes by a member', async () => {
    await fill(rows)
    const measures = await Promise.all(
      (['count', 'sum', 'avg', 'min', 'max'] as const).map((name) =>
        aggregate({
          groupBy: 'stage',
          measure: name === 'count' ? { function: name } : { function: name, member: 'value' },
        }),
      ),
    )
    expect(measures).toEqual([
      [
        ['lost', null, 2, 2],
        ['won', null, 2, 2],
      ],
      [
        ['lost', null, 5, 2],
        ['won', null, 30, 2],
      ],
      [
        ['lost', null, 5, 2],
        ['won', null, 15, 2],
      ],
      [
        ['lost', null, 5, 2],
        ['won', null, 10, 2],
      ],
      [
        ['lost', null, 5, 2],
        ['won', null, 20, 2],
      ],
    ])
  })

  it('groups by day, week and month, in the days of a time zone', async () => {
    await fill(rows)
    const count = { function: 'count' } as const
    expect(await aggregate({ groupBy: 'closesOn', bucket: 'week', measure: count })).toEqual([
      ['2026-01-05', null, 2, 2],
      ['2026-01-26', null, 1, 1],
      [null, null, 1, 1],
    ])
    expect((await aggregate({ groupBy: 'closesOn', bucket: 'month', measure: count })).map(([key]) => key)).toEqual([
      '2026-01-01',
      '2026-02-01',
      null,
    ])
    const where = { metAt: { lte: '2026-01-06T12:00:00Z' } }
    expect(await aggregate({ groupBy: 'metAt', bucket: 'day', measure: count, where })).toEqual([
      ['2026-01-05', null, 1, 1],
    ])
    expect(
      await aggregate({ groupBy: 'metAt', bucket: 'day', measure: count, where, timeZone: 'Europe/Berlin' }),
    ).toEqual([['2026-01-06', null, 1, 1]])
    expect((await aggregate({ groupBy: 'createdAt', measure: count }))[0]?.[2]).toBe(4)
  })

  it('splits into series, counts each element of a list, and gives one number without groups', async () => {
    await fill(rows)
    expect(
      await aggregate({ groupBy: 'tags', splitBy: 'stage', measure: { function: 'sum', member: 'value' } }),
    ).toEqual([
      ['x', 'won', 10, 1],
      ['y', 'won', 30, 2],
    ])
    expect(await aggregate({ measure: { function: 'sum', member: 'value' }, where: { stage: { eq: 'won' } } })).toEqual(
      [[null, null, 30, 2]],
    )
    expect(await aggregate({ groupBy: 'priority', measure: { function: 'count' } })).toEqual([
      [true, null, 1, 1],
      [null, null, 3, 3],
    ])
  })

  it.each([
    [{ groupBy: 'colour', measure: { function: 'count' } }, 'groupBy'],
    [{ groupBy: 'stage', bucket: 'day', measure: { function: 'count' } }, 'bucket'],
    [{ groupBy: 'stage', measure: { function: 'sum' } }, 'measure.member'],
    [{ groupBy: 'stage', measure: { function: 'sum', member: 'name' } }, 'measure.member'],
    [{ groupBy: 'metAt', measure: { function: 'count' }, timeZone: 'Mars/Olympus' }, ''],
  ] as const)('%j is refused, naming %j', async (request, field) => {
    await fill(rows)
    await expect(aggregate(request)).rejects.toMatchObject({ status: 400, errors: [{ field }] })
  })
})

describe('many records at once', () => {
  it('are checked first, and the path names the row', async () => {
    await expect(fill([{ name: 'a' }, { name: 'b', value: 'x' }])).rejects.toMatchObject({
      errors: [{ field: 'rows.1.value' }],
    })
    expect(await names()).toEqual([])
  })

  it('with ids may be sent again; what is there or was removed stays so', async () => {
    const [first, second] = [newId(), newId()]
    const rows = [
      { id: first, data: { name: 'a' } },
      { id: second, data: { name: 'b' } },
    ]
    const send = () => app.context(member()).transaction((tx) => tx.services.records.createMany(tx, { ...at, rows }))
    expect(await send()).toBe(2)
    await app.run(removeRecord, { ...at, id: first }, member())
    expect(await send()).toBe(0)
    expect(await names()).toEqual(['b'])
  })
})
