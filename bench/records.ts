import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createCatalogue,
  createLogger,
  createRuntime,
  createVaults,
  localKeyRing,
  migrateDatabase,
  newId,
  notFound,
  openDatabase,
  parseConfig,
  systemCaller,
  tenants,
  type Context,
  type Tenant,
  type TransactionContext,
} from '@guildhall/kernel'
import type { CollectionDefinition } from '@guildhall/modules/projects'
import { recordsModule, type RecordQuery } from '@guildhall/modules/records'
import { withAdmin } from '../packages/server/postgres/create-database.ts'
import { createDatabase, startEmbeddedPostgres } from '../packages/server/postgres/index.ts'
import { allTables, migrationsFolder } from '../packages/server/schema-files.ts'

/**
 * 100,000 records of one collection: how long a page, a search, a filter, a sort by any member, a chart, an import and an
 * export take. Every tenth record carries a long text, as calls carry a transcript.
 */
const rows = Number(process.env['BENCH_ROWS'] ?? 100_000)
const repeats = 20

const calls: CollectionDefinition = {
  key: 'calls',
  title: 'Calls',
  singular: 'call',
  description: 'Sales calls',
  icon: 'i-lucide-phone',
  titleMember: 'title',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['title'],
    properties: {
      title: { type: 'string', 'x-search': true },
      company: { type: 'string', 'x-search': true },
      stage: { type: 'string', enum: ['new', 'qualified', 'won', 'lost'] },
      value: { type: 'number' },
      heldAt: { type: 'string', format: 'date-time' },
      transcript: { type: 'string', 'x-multiline': true },
    },
  },
}

const stages = ['new', 'qualified', 'won', 'lost']
const words =
  'budget timeline pilot renewal contract security invoice rollout training discount champion procurement'.split(' ')
const longText = Array.from({ length: 2000 }, (_, index) => words[(index * 7) % words.length]).join(' ')

function call(index: number): Record<string, unknown> {
  return {
    title: `Call ${String(index)} about ${words[index % words.length] ?? ''}`,
    company: `Company ${String((index * 7919) % 5000)}`,
    stage: stages[(index * 31) % 4],
    value: ((index * 104_729) % 1_000_000) / 100,
    heldAt: new Date(Date.UTC(2026, 0, 1) + ((index * 86_413) % (300 * 86_400)) * 1000).toISOString(),
    ...(index % 10 === 0 ? { transcript: `${String(index)} ${longText}` } : {}),
  }
}

const print = (line: string) => process.stdout.write(`${line}\n`)

async function once<T>(name: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now()
  const used = process.cpuUsage()
  const result = await work()
  const seconds = (performance.now() - started) / 1000
  const cpu = process.cpuUsage(used)
  const own = ((cpu.user + cpu.system) / 1_000_000).toFixed(1)
  print(
    `${name.padEnd(52)} ${seconds.toFixed(2).padStart(8)} s   ${Math.round(rows / seconds).toLocaleString('en')} rows/s, ${own} s of it this process`,
  )
  return result
}

async function repeated(name: string, work: () => Promise<unknown>): Promise<void> {
  await work()
  const times: number[] = []
  for (let run = 0; run < repeats; run++) {
    const started = performance.now()
    await work()
    times.push(performance.now() - started)
  }
  times.sort((a, b) => a - b)
  const at = (share: number) =>
    (times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0).toFixed(1).padStart(8)
  print(`${name.padEnd(52)} ${at(0.5)} ms median ${at(0.95)} ms p95`)
}

const folder = await mkdtemp(join(tmpdir(), 'guildhall-bench-'))
const quiet = { info: () => undefined, warn: () => undefined }
const server = await startEmbeddedPostgres({ dataDir: folder, log: quiet })
const { ownerUrl, appUrl } = await createDatabase(server, 'bench')
await migrateDatabase({ url: ownerUrl, folder: migrationsFolder, tables: await allTables() })
const database = openDatabase({ url: appUrl, poolSize: 4, setRole: null, pooled: false, onIdleError: () => undefined })
const projectId = newId()
const runtime = await createRuntime({
  config: parseConfig({ GUILDHALL_DATA_DIR: folder }),
  catalogue: createCatalogue([
    {
      name: 'collections',
      services: () => ({
        collections: {
          async collection(_ctx, project, key) {
            if (project !== projectId || key !== calls.key) throw notFound('collection', key)
            return calls
          },
        },
      }),
    },
    recordsModule,
  ]),
  database,
  vaults: createVaults(database, localKeyRing(randomBytes(32))),
  log: createLogger('silent'),
  shutdown: new AbortController().signal,
})

const id = newId()
const tenant: Tenant = { id, kind: 'agency', slug: 'bench', name: 'Bench', agencyId: id }
await database.within({ tenantId: id }, (db) => db.insert(tenants).values(tenant))
const context: Context = runtime.context(systemCaller(tenant))
const at = { projectId, collection: calls.key }
const within = <T>(work: (tx: TransactionContext) => Promise<T>) => context.transaction(work)
const list = (query: Partial<RecordQuery>) => within((tx) => tx.services.records.list(tx, { ...at, ...query }))

try {
  const data = Array.from({ length: rows }, (_, index) => ({ data: call(index) }))
  print(`${rows.toLocaleString('en')} records, every tenth with a text of ${Math.round(longText.length / 1024)} KiB`)
  await once('createMany, validated, indexed, with history', () =>
    within((tx) => tx.services.records.createMany(tx, { ...at, rows: data })),
  )

  // The embedded database does this by itself within a minute.
  await withAdmin(ownerUrl, (owner) => owner.query('analyze'))
  const { nextCursor } = await list({})
  const summary = ['title', 'company', 'stage', 'value', 'heldAt']
  await repeated('first page with total', () => list({ members: summary }))
  await repeated('next page', () => list({ members: summary, ...(nextCursor ? { cursor: nextCursor } : {}) }))
  await repeated('search for a rare word, with total', () => list({ q: 'company 4711' }))
  await repeated('search for a common word, with total', () => list({ q: 'renewal', members: summary }))
  await repeated('filter by one member, with total', () => list({ where: { stage: { eq: 'won' } }, members: summary }))
  await repeated('filter by number range and text, with total', () =>
    list({ where: { value: { gte: 5000, lte: 5100 }, company: { contains: '42' } }, members: summary }),
  )
  await repeated('sort by a number member, with total', () => list({ sort: '-value', members: summary }))
  await repeated('sort by a text member, with total', () => list({ sort: 'company', members: summary }))
  await repeated('sort by a date-time member, with total', () => list({ sort: '-heldAt', members: summary }))
  await repeated('chart: sum by month, one series per stage', () =>
    within((tx) =>
      tx.services.records.aggregate(tx, {
        ...at,
        groupBy: 'heldAt',
        bucket: 'month',
        splitBy: 'stage',
        measure: { function: 'sum', member: 'value' },
      }),
    ),
  )
  await repeated('chart: count by stage', () =>
    within((tx) => tx.services.records.aggregate(tx, { ...at, groupBy: 'stage', measure: { function: 'count' } })),
  )
  let next = rows
  await repeated('create one', () => within((tx) => tx.services.records.create(tx, { ...at, data: call(next++) })))
  const [record] = (await list({ limit: 1 })).items
  await repeated('change one', () =>
    within((tx) => tx.services.records.update(tx, { ...at, id: record?.id ?? '', data: { value: next++ } })),
  )

  const csv = [
    'title,company,stage,value,heldAt',
    ...data.map(({ data: row }) => [row['title'], row['company'], row['stage'], row['value'], row['heldAt']].join(',')),
  ].join('\n')
  const load = (dryRun: boolean) =>
    within((tx) =>
      tx.services.records.import(tx, { ...at, format: 'csv', content: csv, dryRun, key: 'title', skipInvalid: true }),
    )
  await once('CSV import by key, tried out', () => load(true))
  await once('read all by pages of 1,000 (export)', async () => {
    let cursor: string | null = null
    do {
      const from: string | null = cursor
      const page = await list({ sort: 'createdAt', limit: 1000, ...(from === null ? {} : { cursor: from }) })
      cursor = page.nextCursor
    } while (cursor !== null)
  })
  await once('fill the search index anew', () => within((tx) => tx.services.records.reindex(tx, at)))
  await once('check all against another schema (upgrade preview)', () =>
    within((tx) => tx.services.records.misfits(tx, { projectId, definition: calls, limit: 50 })),
  )
  print(`resident memory of this process ${String(Math.round(process.memoryUsage().rss / 1024 / 1024))} MiB`)
} finally {
  await database.close()
  await server.stop()
  await rm(folder, { recursive: true, force: true })
}
