import { systemCaller, type Tenant } from '@guildhall/kernel'
import { startTestRuntime, type TestRuntime } from '@guildhall/kernel/testing'
import { ledgerModule } from '@guildhall/modules/ledger'
import { limitsModule } from '@guildhall/modules/limits'
import { runsModule } from '@guildhall/modules/runs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createProvidersModule } from './module.ts'
import { chaosClocks, chaosHosts, startChaosLab, type ChaosLab } from './testing/chaos/chaos-lab.ts'
import { runLoad } from './testing/chaos/load.ts'
import { describeCell, runMatrix } from './testing/chaos/matrix.ts'
import type { HttpSurface } from './testing/chaos/requests.ts'
import { serveEndpoints } from './testing/serve-endpoints.ts'

/** The short form of `npm run bench:chaos`. A tenant for each way to the gateway. */
let app: TestRuntime
let inside: ChaosLab
let overHttp: ChaosLab[]

async function open(surface: HttpSurface, tenant: Tenant): Promise<ChaosLab> {
  const served = await serveEndpoints(app.runtime, () => systemCaller(tenant), { passes: true })
  return startChaosLab(app.runtime, tenant, { surface, gateway: { ...served, headers: {} } })
}

beforeAll(async () => {
  app = await startTestRuntime({
    modules: [ledgerModule, limitsModule, runsModule, createProvidersModule(chaosClocks)],
    env: { GUILDHALL_PRIVATE_HOSTS: chaosHosts },
  })
  inside = await startChaosLab(app.runtime, app.agency)
  overHttp = await Promise.all([
    open('chat', app.clients[0]),
    open('messages', app.clients[1]),
    open('responses', app.otherAgency),
  ])
}, 60_000)
afterAll(async () => {
  await Promise.all([inside, ...overHttp].map((lab) => lab.stop()))
  await app.stop()
})

const nothingLost = 'ends as stated: nothing lost, nothing doubled, the ledger as the providers count'

test(`every fault in every dialect ${nothingLost}`, async () => {
  const cells = await runMatrix(inside, { short: true })
  expect(cells.length).toBeGreaterThan(120)
  expect(cells.filter(({ ok }) => !ok).map(describeCell)).toEqual([])
}, 240_000)

test(`every fault behind every protocol, passed through or translated, ${nothingLost}`, async () => {
  const cells = (await Promise.all(overHttp.map((lab) => runMatrix(lab, { short: true })))).flat()
  expect(cells.length).toBeGreaterThan(220)
  expect(cells.filter(({ ok }) => !ok).map(describeCell)).toEqual([])
}, 240_000)

test('calls at 20 % faults: each has a definite outcome, and the ledger equals the providers’ count', async () => {
  const result = await runLoad(inside, { calls: 240, concurrency: 16, share: 0.2, seed: 1 })
  expect(result).toMatchObject({ calls: 240, indefinite: [], wrong: 0, ledger: [] })
  expect(result.spoiled).toBeGreaterThan(20)
  expect(result.whole).toBeGreaterThan(200)
}, 120_000)

test('the same over HTTP, in each protocol', async () => {
  const results = await Promise.all(
    overHttp.map((lab) => runLoad(lab, { calls: 120, concurrency: 6, share: 0.2, seed: 2 })),
  )
  expect(results).toMatchObject(
    overHttp.map(({ surface }) => ({ surface, calls: 120, indefinite: [], wrong: 0, ledger: [] })),
  )
  for (const { whole } of results) expect(whole).toBeGreaterThan(95)
}, 120_000)
