import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createCatalogue,
  createLogger,
  createRuntime,
  createVaults,
  localKeyRing,
  migrateDatabase,
  newId,
  openBroadcast,
  openDatabase,
  parseConfig,
  tenants,
  type Tenant,
} from '@guildhall/kernel'
import { ledgerModule } from '@guildhall/modules/ledger'
import { limitsModule } from '@guildhall/modules/limits'
import { runsModule } from '@guildhall/modules/runs'
import { createProvidersModule } from '../packages/modules/providers/module.ts'
import { chaosClocks, chaosHosts, startChaosLab } from '../packages/modules/providers/testing/chaos/chaos-lab.ts'
import { runLoad, type LoadResult } from '../packages/modules/providers/testing/chaos/load.ts'
import { describeCell, runMatrix, type Cell } from '../packages/modules/providers/testing/chaos/matrix.ts'
import { renderChaos } from '../packages/modules/providers/testing/chaos/render.ts'
import { createDatabase, startEmbeddedPostgres } from '../packages/server/postgres/index.ts'
import { allTables, migrationsFolder } from '../packages/server/schema-files.ts'

/**
 * Every fault that a provider can show, in every mode and dialect, then ten thousand calls of which a fifth of the requests
 * are spoiled. Fails on any cell outside its stated outcome, on any call without a definite outcome, and on any difference
 * between the ledger and what the providers have counted. Writes docs/chaos.md.
 */
const calls = Number(process.env['BENCH_CALLS'] ?? 10_000)
const concurrency = 24

const print = (line: string) => process.stdout.write(`${line}\n`)
const folder = await mkdtemp(join(tmpdir(), 'guildhall-chaos-'))
const quiet = { info: () => undefined, warn: () => undefined }
const server = await startEmbeddedPostgres({ dataDir: folder, log: quiet })
let failed = false
try {
  const { ownerUrl, appUrl } = await createDatabase(server, 'bench')
  await migrateDatabase({ url: ownerUrl, folder: migrationsFolder, tables: await allTables() })
  const database = openDatabase({
    url: appUrl,
    poolSize: 10,
    setRole: null,
    pooled: false,
    onIdleError: () => undefined,
  })
  const keys = openDatabase({ url: appUrl, poolSize: 2, setRole: null, pooled: false, onIdleError: () => undefined })
  const broadcast = await openBroadcast({ url: appUrl, onError: () => undefined })
  const id = newId()
  const tenant: Tenant = { id, kind: 'agency', slug: 'chaos', name: 'Chaos', agencyId: id }
  await database.within({ tenantId: id }, (db) => db.insert(tenants).values(tenant))
  const stopping = new AbortController()
  const modules = [ledgerModule, limitsModule, runsModule, createProvidersModule(chaosClocks)]
  const runtime = await createRuntime({
    config: parseConfig({ GUILDHALL_DATA_DIR: folder, GUILDHALL_PRIVATE_HOSTS: chaosHosts }),
    catalogue: createCatalogue(modules),
    database,
    vaults: createVaults(keys, localKeyRing(randomBytes(32))),
    broadcast,
    log: createLogger('silent'),
    shutdown: stopping.signal,
  })
  const stops: (() => Promise<void>)[] = []
  for (const module of modules) {
    const stop = await module.start?.(runtime)
    if (stop) stops.push(stop)
  }
  const lab = await startChaosLab(runtime, tenant)

  const cells: Cell[] = await runMatrix(lab, {
    told: (cell) => {
      if (!cell.ok) print(describeCell(cell))
    },
  })
  print(`${cells.length} cells, ${cells.filter(({ ok }) => ok).length} as stated`)
  const load: LoadResult = await runLoad(lab, { calls, concurrency, share: 0.2, seed: 20_26 })
  const report = renderChaos(cells, load, {
    machine: `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} processors, Node ${process.versions.node}`,
  })
  print(report)
  await writeFile(new URL('../docs/chaos.md', import.meta.url), report)
  failed = cells.some(({ ok }) => !ok) || load.indefinite.length > 0 || load.wrong > 0 || load.ledger.length > 0

  await lab.stop()
  stopping.abort()
  for (const stop of stops.toReversed()) await stop()
  await Promise.all([broadcast.close(), database.close(), keys.close()])
} finally {
  await server.stop()
  await rm(folder, { recursive: true, force: true })
}
process.exitCode = failed ? 1 : 0
