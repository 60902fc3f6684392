import { startTestRuntime, type TestRuntime } from '@guildhall/kernel/testing'
import { ledgerModule } from '@guildhall/modules/ledger'
import { limitsModule } from '@guildhall/modules/limits'
import { runsModule } from '@guildhall/modules/runs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createProvidersModule } from './module.ts'
import { chaosClocks, chaosHosts, startChaosLab, type ChaosLab } from './testing/chaos/chaos-lab.ts'
import { runLoad } from './testing/chaos/load.ts'
import { describeCell, runMatrix } from './testing/chaos/matrix.ts'

/** The short form of `npm run bench:chaos`. */
let app: TestRuntime
let lab: ChaosLab
beforeAll(async () => {
  app = await startTestRuntime({
    modules: [ledgerModule, limitsModule, runsModule, createProvidersModule(chaosClocks)],
    env: { GUILDHALL_PRIVATE_HOSTS: chaosHosts },
  })
  lab = await startChaosLab(app.runtime, app.agency)
}, 60_000)
afterAll(async () => {
  await lab.stop()
  await app.stop()
})

test('every fault in every dialect ends as stated: nothing lost, nothing doubled, the ledger as the providers count', async () => {
  const cells = await runMatrix(lab, { short: true })
  expect(cells.length).toBeGreaterThan(120)
  expect(cells.filter(({ ok }) => !ok).map(describeCell)).toEqual([])
}, 240_000)

test('calls at 20 % faults: each has a definite outcome, and the ledger equals the providers’ count', async () => {
  const result = await runLoad(lab, { calls: 240, concurrency: 16, share: 0.2, seed: 1 })
  expect(result).toMatchObject({ calls: 240, indefinite: [], wrong: 0, ledger: [] })
  expect(result.spoiled).toBeGreaterThan(20)
  expect(result.whole).toBeGreaterThan(200)
}, 120_000)
