import { systemCaller } from '@guildhall/kernel'
import { startProcesses, type TestProcess, type TestProcesses } from '@guildhall/kernel/testing'
import { ledgerModule } from '@guildhall/modules/ledger'
import { limitsModule } from '@guildhall/modules/limits'
import { runsModule } from '@guildhall/modules/runs'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Connection, Target } from '../connection.ts'
import { providerCooldowns } from '../schema.ts'
import { createCircuitBreaker, type CircuitBreaker } from './circuit-breaker.ts'
import { createCooldowns, type Cooldowns } from './cooldowns.ts'
import { shareCooldowns, type SharedCooldowns } from './share-cooldowns.ts'

/** Two processes of one installation, on one database. */
let app: TestProcesses
interface Process {
  runtime: TestProcess['runtime']
  breaker: CircuitBreaker
  shared: SharedCooldowns
  cooldowns: Cooldowns
}
let one: Process
let two: Process
let count = 0
let target: Target

const processOf = ({ runtime }: TestProcess): Process => {
  const breaker = createCircuitBreaker()
  const shared = shareCooldowns(runtime, breaker)
  return { runtime, breaker, shared, cooldowns: createCooldowns(breaker, shared) }
}

beforeAll(async () => {
  app = await startProcesses({
    modules: () => [
      [ledgerModule, limitsModule, runsModule],
      [ledgerModule, limitsModule, runsModule],
    ],
  })
  const [first, second] = app.processes
  if (!first || !second) throw new Error('two processes were asked for')
  one = processOf(first)
  two = processOf(second)
})
afterAll(async () => {
  await Promise.all([one.shared.settled(), two.shared.settled()])
  await app.stop()
})
beforeEach(() => {
  const connection: Connection = {
    slug: `p${++count}`,
    kind: 'openai',
    label: 'A provider',
    source: 'own',
    ownerId: app.agency.id,
    homeId: app.agency.id,
    id: `${app.agency.id}:p${count}`,
    baseUrl: 'http://127.0.0.1:1/v1',
    apiKey: null,
    last4: null,
    models: ['m'],
    settings: {},
    lastOkAt: null,
    lastError: null,
    lastErrorAt: null,
  }
  target = { connection, model: 'm', adapter: null as unknown as Target['adapter'] }
})

const limited = { reason: 'rate_limited', circuit: 'target', retryAfterMs: 60_000 } as const
const broken = { reason: 'server_error', circuit: 'target' } as const
const passed = { admitted: true, probes: [] } as const
const rows = () =>
  one.runtime
    .context(systemCaller(app.agency))
    .transaction((tx) => tx.db.select().from(providerCooldowns), { readOnly: true })
const rowOf = async () => (await rows()).find(({ circuit }) => circuit.includes(`:${target.connection.slug}|`))

test('what one process learns the other knows without asking anybody', async () => {
  one.cooldowns.failed(target, limited, passed)
  await expect.poll(() => two.cooldowns.openForMs(target)).toBeGreaterThan(55_000)
  const started = performance.now()
  for (let call = 0; call < 100; call++)
    expect(two.cooldowns.admit(target, false)).toMatchObject({ admitted: false, reason: 'rate_limited' })
  // An open circuit costs no time: far less than a millisecond, no round trip, not even a promise.
  expect((performance.now() - started) / 100).toBeLessThan(1)
  expect(await rowOf()).toMatchObject({ reason: 'rate_limited', tenantId: app.agency.id })
})

test('a cooldown is extended, never shortened, whoever reports later', async () => {
  one.cooldowns.failed(target, limited, passed)
  await one.shared.settled()
  const before = await rowOf()
  two.cooldowns.failed(target, { ...limited, retryAfterMs: 1_000 }, passed)
  await two.shared.settled()
  // News are durations: what they take on their way is added.
  const after = (await rowOf())?.openUntil.getTime() ?? 0
  expect(after - (before?.openUntil.getTime() ?? 0)).toBeGreaterThanOrEqual(0)
  expect(after - (before?.openUntil.getTime() ?? 0)).toBeLessThan(1_000)
  two.cooldowns.failed(target, { ...limited, retryAfterMs: 120_000 }, passed)
  await two.shared.settled()
  expect((await rowOf())?.openUntil.getTime()).toBeGreaterThan((before?.openUntil.getTime() ?? 0) + 50_000)
  await expect.poll(() => one.cooldowns.openForMs(target)).toBeGreaterThan(110_000)
})

test('after the cooldown one caller of all processes tries again; its success closes the circuit for all', async () => {
  one.cooldowns.failed(target, { ...limited, retryAfterMs: 300 }, passed)
  await expect.poll(() => two.cooldowns.openForMs(target)).toBeGreaterThan(0)
  await one.shared.settled()
  await expect.poll(() => Math.max(one.cooldowns.openForMs(target), two.cooldowns.openForMs(target))).toBe(0)
  const passes = await Promise.all(
    [one, one, two, two].map(async ({ cooldowns }) => ({ cooldowns, pass: await cooldowns.admit(target, false) })),
  )
  const probes = passes.filter(({ pass }) => pass.admitted)
  expect(probes).toHaveLength(1)
  for (const { cooldowns, pass } of probes) cooldowns.succeeded(target, pass)
  await Promise.all([one.shared.settled(), two.shared.settled()])
  expect(await rowOf()).toBeUndefined()
  for (const { cooldowns } of [one, two])
    await expect.poll(() => cooldowns.admit(target, false)).toMatchObject({ admitted: true, probes: [] })
})

test('a probe whose caller left is given back', async () => {
  one.cooldowns.failed(target, { ...limited, retryAfterMs: 50 }, passed)
  await one.shared.settled()
  await expect.poll(() => one.cooldowns.openForMs(target)).toBe(0)
  const pass = await one.cooldowns.admit(target, false)
  expect(pass.admitted).toBe(true)
  one.cooldowns.released(target, pass)
  await one.shared.settled()
  await expect.poll(() => two.cooldowns.openForMs(target)).toBe(0)
  expect(await two.cooldowns.admit(target, false)).toMatchObject({ admitted: true })
})

test('who stands alone is tried before its cooldown is over, by one caller at a time', async () => {
  one.cooldowns.failed(target, broken, passed)
  one.cooldowns.failed(target, broken, passed)
  await one.shared.settled()
  await expect.poll(() => two.cooldowns.openForMs(target)).toBeGreaterThan(5_000)
  expect(one.cooldowns.admit(target, false)).toMatchObject({ admitted: false })
  const [first, second] = await Promise.all([one.cooldowns.admit(target, true), two.cooldowns.admit(target, true)])
  expect([first.admitted, second.admitted].filter(Boolean)).toHaveLength(1)
})

test('a changed key forgets the circuits of its connection in every process', async () => {
  one.cooldowns.failed(target, limited, passed)
  await expect.poll(() => two.cooldowns.openForMs(target)).toBeGreaterThan(0)
  one.breaker.reset(target.connection.id)
  one.shared.forgotten(app.agency.id, target.connection.id)
  await one.shared.settled()
  expect(await rowOf()).toBeUndefined()
  await expect.poll(() => two.cooldowns.openForMs(target)).toBe(0)
})
