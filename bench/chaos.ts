import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createCatalogue,
  createLogger,
  createRuntime,
  createVaults,
  defineModule,
  localKeyRing,
  migrateDatabase,
  newId,
  openBroadcast,
  openDatabase,
  parseConfig,
  Problem,
  systemCaller,
  tenants,
  type Runtime,
  type Tenant,
} from '@guildhall/kernel'
import { ledgerModule } from '@guildhall/modules/ledger'
import { limitsModule } from '@guildhall/modules/limits'
import { runsModule } from '@guildhall/modules/runs'
import { createProvidersModule } from '../packages/modules/providers/module.ts'
import {
  chaosClocks,
  chaosHosts,
  startChaosLab,
  type ServedGateway,
} from '../packages/modules/providers/testing/chaos/chaos-lab.ts'
import { runLoad, type LoadResult } from '../packages/modules/providers/testing/chaos/load.ts'
import { describeCell, runMatrix, type Cell } from '../packages/modules/providers/testing/chaos/matrix.ts'
import { renderChaos } from '../packages/modules/providers/testing/chaos/render.ts'
import type { HttpSurface } from '../packages/modules/providers/testing/chaos/requests.ts'
import { createRawListener } from '../packages/server/http/raw.ts'
import { createDatabase, startEmbeddedPostgres } from '../packages/server/postgres/index.ts'
import { allTables, migrationsFolder } from '../packages/server/schema-files.ts'

/**
 * Every fault that a provider can show, in every mode and dialect, inside of the process and over HTTP in each protocol;
 * then ten thousand calls of each sort, of which a fifth of the requests are spoiled. Fails on any cell outside its stated outcome, on any call without a definite outcome, and on any difference
 * between the ledger and what the providers have counted. Writes docs/chaos.md.
 */
const calls = Number(process.env['BENCH_CALLS'] ?? 10_000)
const concurrency = 24
const overHttp: readonly HttpSurface[] = ['chat', 'messages', 'responses']

/** Who calls, by the header that names a client: this bench is not about keys. */
function authentication(callers: readonly Tenant[]) {
  return defineModule({
    name: 'bench-callers',
    services: () => ({
      authenticator: {
        async authenticate(headers: Headers) {
          const slug = headers.get('x-guildhall-client')
          const tenant = callers.find((each) => each.slug === slug)
          if (!tenant) throw new Problem({ status: 401, type: 'unauthenticated', title: 'Nobody', detail: 'Unknown.' })
          return systemCaller(tenant)
        },
      },
    }),
  })
}

/** The product's own way from a connection to an endpoint. */
async function serve(runtime: Runtime, tenant: Tenant): Promise<ServedGateway> {
  const raw = createRawListener(runtime)
  const server = createServer((request, response) => {
    if (!raw(request, response)) response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${String(port)}`,
    headers: { authorization: 'Bearer bench', 'x-guildhall-client': tenant.slug },
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

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
  const clients = overHttp.map((slug): Tenant => ({ id: newId(), kind: 'client', slug, name: slug, agencyId: id }))
  await database.within({ tenantId: id }, (db) => db.insert(tenants).values([tenant, ...clients]))
  const stopping = new AbortController()
  const callers = authentication(clients)
  const modules = [callers, ledgerModule, limitsModule, runsModule, createProvidersModule(chaosClocks)]
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
  const inside = await startChaosLab(runtime, tenant)
  const served = await Promise.all(
    overHttp.map(async (surface, at) => {
      const client = clients[at] ?? tenant
      return startChaosLab(runtime, client, { surface, gateway: await serve(runtime, client) })
    }),
  )

  const told = (cell: Cell) => {
    if (!cell.ok) print(describeCell(cell))
  }
  const cells = await runMatrix(inside, { told })
  // One protocol after the other: the added time is a measure.
  for (const lab of served) cells.push(...(await runMatrix(lab, { told })))
  print(`${cells.length} cells, ${cells.filter(({ ok }) => ok).length} as stated`)
  const share = { share: 0.2, seed: 20_26 }
  const loads: LoadResult[] = [await runLoad(inside, { ...share, calls, concurrency })]
  const each = { calls: Math.ceil(calls / served.length), concurrency: concurrency / served.length }
  loads.push(...(await Promise.all(served.map((lab) => runLoad(lab, { ...share, ...each })))))
  const report = renderChaos(cells, loads, {
    machine: `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} processors, load average ${(loadavg()[2] ?? 0).toFixed(0)}, Node ${process.versions.node}`,
  })
  print(report)
  await writeFile(new URL('../docs/chaos.md', import.meta.url), report)
  failed =
    cells.some(({ ok }) => !ok) ||
    loads.some(({ indefinite, wrong, ledger }) => indefinite.length > 0 || wrong > 0 || ledger.length > 0)

  await Promise.all([inside, ...served].map((lab) => lab.stop()))
  stopping.abort()
  for (const stop of stops.toReversed()) await stop()
  await Promise.all([broadcast.close(), database.close(), keys.close()])
} finally {
  await server.stop()
  await rm(folder, { recursive: true, force: true })
}
process.exitCode = failed ? 1 : 0
