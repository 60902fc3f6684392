import { newId, type Tenant } from '@guildhall/kernel'
import { startTestRuntime, type TestRuntime } from '@guildhall/kernel/testing'
import * as fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { exportRecords } from './endpoints/export-records.ts'
import { recordsModule, type ImportRequest } from './index.ts'
import { importRecords } from './operations/import-records.ts'
import { listRecords } from './operations/list-records.ts'
import { recordHistory } from './operations/record-history.ts'
import { collectionsOf, deals } from './testing/deals.ts'

let app: TestRuntime
let alpha: Tenant
const projectIds = Array.from({ length: 300 }, () => newId())
let nextProject = 0
let at: { projectId: string; collection: string }
const newPlace = () => ({ projectId: projectIds[nextProject++] ?? '', collection: 'deals' })
beforeAll(async () => {
  app = await startTestRuntime({
    modules: [recordsModule],
    services: { collections: collectionsOf(projectIds, deals) },
  })
  ;[alpha] = app.clients
})
afterAll(() => app.stop())
beforeEach(() => {
  at = newPlace()
})

const member = () => app.as('member', alpha)
const load = (request: Omit<ImportRequest, 'projectId' | 'collection' | 'dryRun'> & { dryRun?: boolean }, place = at) =>
  app.run(importRecords, { ...place, ...request }, member())
const csv = (content: string, more: Partial<ImportRequest> = {}) => load({ format: 'csv', content, ...more })
const stored = async (place = at) =>
  (await app.run(listRecords, { ...place, sort: 'name', limit: 200 }, member())).items
const data = async (place = at) => (await stored(place)).map((record) => record.data)
async function download(query = '', place = at) {
  const request = new Request(
    `http://localhost/api/projects/${place.projectId}/collections/${place.collection}/export${query}`,
  )
  return exportRecords.run(request, app.context(member()), place)
}
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })
const sorted = (values: unknown[]) => values.map((value) => JSON.stringify(value)).sort()

describe('an import', () => {
  it('reads CSV by headings that are keys or titles, in the types of the members', async () => {
    const report = await csv(
      'Deal Name;value;Priority;closesOn;tags;Unknown\r\nAcme;"1,200";yes;2026-01-31;a|b;x\r\nBeta;;;;;\r\n',
    )
    expect(report).toMatchObject({
      rows: 2,
      created: 2,
      invalid: 0,
      columns: expect.arrayContaining([
        { heading: 'Deal Name', member: 'name' },
        { heading: 'Unknown', member: null },
      ]),
    })
    expect(await data()).toEqual([
      { name: 'Acme', stage: 'new', value: 1200, priority: true, closesOn: '2026-01-31', tags: ['a', 'b'] },
      { name: 'Beta', stage: 'new' },
    ])
  })

  it('follows a mapping', async () => {
    await csv('Firma,Betrag,value\nAcme,5,9\n', { mapping: { Firma: 'name', Betrag: 'value', value: null } })
    expect(await data()).toEqual([{ name: 'Acme', stage: 'new', value: 5 }])
    await expect(csv('a\n1', { mapping: { a: 'colour' } })).rejects.toMatchObject({ errors: [{ field: 'mapping.a' }] })
    await expect(csv('name,other\n1,2', { mapping: { other: 'name' } })).rejects.toMatchObject({
      errors: [{ field: 'mapping' }],
    })
  })

  it('that is only tried out says what would happen to which row and writes nothing', async () => {
    const content = 'name,value,stage\nAcme,5,won\n,6,won\nBeta,much,open\n'
    expect(await csv(content, { dryRun: true })).toMatchObject({
      dryRun: true,
      rows: 3,
      created: 1,
      invalid: 2,
      errors: expect.arrayContaining([
        { row: 2, field: 'name', message: 'is missing' },
        { row: 3, field: 'value', message: 'must be number' },
        { row: 3, field: 'stage', message: 'must be one of ["new","won","lost"]' },
      ]),
    })
    expect(await data()).toEqual([])
  })

  it('with wrong rows writes none of them, unless they may be skipped', async () => {
    const content = 'name,value\nAcme,5\nBeta,much\n'
    await expect(csv(content)).rejects.toMatchObject({
      status: 400,
      errors: [{ field: 'row 2: value' }],
      extensions: { report: { invalid: 1 } },
    })
    expect(await data()).toEqual([])
    expect(await csv(content, { skipInvalid: true })).toMatchObject({ created: 1, invalid: 1 })
    expect(await data()).toEqual([{ name: 'Acme', stage: 'new', value: 5 }])
  })

  it('by a key updates what is there, may be repeated, and keeps the history', async () => {
    await csv('name,value\nAcme,5\nBeta,6\n', { key: 'name' })
    expect(await csv('name,value\nAcme,5\nBeta,7\nGamma,8\n', { key: 'name' })).toMatchObject({
      created: 1,
      updated: 1,
      unchanged: 1,
    })
    expect(await csv('name,value\nAcme,5\nBeta,7\nGamma,8\n', { key: 'name' })).toMatchObject({
      created: 0,
      updated: 0,
      unchanged: 3,
    })
    expect((await data()).map((row) => row['value'])).toEqual([5, 7, 8])
    const beta = (await stored()).find((record) => record.data['name'] === 'Beta')
    const { items } = await app.run(recordHistory, { ...at, id: beta?.id ?? '' }, member())
    expect(items.map((item) => [item.change, item.data?.['value']])).toEqual([
      ['update', 7],
      ['create', 6],
    ])
  })

  it('by a key refuses rows that cannot be told apart', async () => {
    expect(await csv('name,value\nAcme,5\nAcme,6\n,7\n', { key: 'name', dryRun: true })).toMatchObject({
      created: 1,
      errors: [
        { row: 2, field: 'name', message: 'is the same as in row 1' },
        { row: 3, field: 'name', message: expect.stringContaining('is missing') },
      ],
    })
    await csv('name\nAcme\nAcme\n')
    await expect(csv('name\nAcme\n', { key: 'name' })).rejects.toMatchObject({ errors: [{ field: 'key' }] })
    await expect(csv('name\nAcme\n', { key: 'colour' })).rejects.toMatchObject({ errors: [{ field: 'key' }] })
  })

  it.each([
    ['csv', '', 'content'],
    ['csv', 'colour\nred', 'content'],
    ['csv', '"broken', 'content'],
    ['json', '{', 'content'],
    ['json', '{"name":"x"}', 'content'],
    ['json', '[1]', 'content'],
  ] as const)('of %s %j is refused, naming %s', async (format, content, field) => {
    await expect(load({ format, content })).rejects.toMatchObject({
      status: 400,
      errors: [expect.objectContaining({ field })],
    })
  })

  it('never moves records of another project by their ids', async () => {
    await csv('name\nAcme\n')
    const [record] = await stored()
    const elsewhere = newPlace()
    const content = JSON.stringify([{ id: record?.id, version: 1, data: { name: 'Stolen' } }])
    await expect(load({ format: 'json', content, key: 'id' }, elsewhere)).rejects.toMatchObject({ status: 400 })
    expect(await data()).toEqual([{ name: 'Acme', stage: 'new' }])
    expect(await data(elsewhere)).toEqual([])
  })
})

describe('an export', () => {
  it('is CSV that a spreadsheet opens without running anything', async () => {
    await csv('name,value\n=HYPERLINK(),5\n')
    const response = await download()
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="deals.csv"')
    const text = Buffer.from(await response.arrayBuffer()).toString()
    expect(text).toMatch(/^\uFEFFid,name,stage,.*,createdAt,updatedAt\r\n/)
    expect(text).toContain(",'=HYPERLINK(),")
  })

  it('follows filter and search, and is whole beyond one batch', async () => {
    const rows = Array.from({ length: 2345 }, (_, index) => ({ data: { name: `Deal ${String(index)}`, value: index } }))
    await app.context(member()).transaction((tx) => tx.services.records.createMany(tx, { ...at, rows }))
    const all = (await (await download('?format=json')).json()) as { data: { value: number } }[]
    expect(all.map((row) => row.data.value).sort((a, b) => a - b)).toEqual(rows.map((row) => row.data.value))
    const some = (await (
      await download(`?format=json&q=deal&filter=${encodeURIComponent('{"value":{"gte":2340}}')}`)
    ).json()) as unknown[]
    expect(some).toHaveLength(5)
    const none = await download('?format=json&q=nothing')
    expect(await none.json()).toEqual([])
  })

  it('with a wrong question answers with a problem, not with half a file', async () => {
    await expect(download('?format=xml')).rejects.toMatchObject({ status: 400 })
    await expect(download('?filter={')).rejects.toMatchObject({ status: 400 })
    await expect(download(`?filter=${encodeURIComponent('{"colour":{"eq":1}}')}`)).rejects.toMatchObject({
      status: 400,
    })
    await expect(download('', { ...at, collection: 'other' })).rejects.toMatchObject({ status: 404 })
    await expect(download('', { ...at, projectId: '../x' })).rejects.toMatchObject({ status: 404 })
  })

  it('imported elsewhere gives the same records, whatever they hold', async () => {
    const text = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 30 })
      .filter((value) => value.isWellFormed() && !value.includes('\0') && value.trim() !== '')
    const record = fc.record({
      name: text,
      stage: fc.constantFrom('new', 'won', 'lost'),
      value: optional(
        fc.double({ min: -1_000_000, max: 1e15, noNaN: true }).map((value) => (Object.is(value, -0) ? 0 : value)),
      ),
      priority: optional(fc.boolean()),
      closesOn: optional(
        fc
          .date({ min: new Date('1990-01-01'), max: new Date('2090-01-01'), noInvalidDate: true })
          .map((date) => date.toISOString().slice(0, 10)),
      ),
      metAt: optional(
        fc
          .date({ min: new Date('1990-01-01'), max: new Date('2090-01-01'), noInvalidDate: true })
          .map((date) => date.toISOString()),
      ),
      tags: optional(fc.array(text, { minLength: 1, maxLength: 3 })),
      notes: optional(text),
      rating: optional(fc.integer({ min: 1, max: 5 })),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(record, { minLength: 1, maxLength: 8 }),
        fc.constantFrom('csv', 'json'),
        async (rows, format) => {
          const [from, to] = [newPlace(), newPlace()]
          await app
            .context(member())
            .transaction((tx) =>
              tx.services.records.createMany(tx, { ...from, rows: rows.map((row) => ({ data: row })) }),
            )
          const content = Buffer.from(await (await download(`?format=${format}`, from)).arrayBuffer()).toString()
          await load({ format, content }, to)
          expect(sorted(await data(to))).toEqual(sorted(await data(from)))
        },
      ),
      { numRuns: 40 },
    )
  })
})
