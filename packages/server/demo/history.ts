import { newId, type Runtime, type Tenant } from '@guildhall/kernel'
import { bookUsage, type NewUsage } from '@guildhall/modules/ledger'
import { runAttempts, runFeedback, runs, runSteps } from '@guildhall/modules/runs'
import type { DemoClient } from './clients.ts'
import { seededRandom, type Random } from './random.ts'

/** Models of the sample, with USD per million tokens as published by their providers in 2025; only for made-up history. */
interface Model {
  provider: string
  model: string
  input: number
  output: number
  /** Milliseconds of a typical answer. */
  speed: number
}
const models: readonly [Model, Model, Model] = [
  { provider: 'google', model: 'gemini-2.5-flash', input: 0.3, output: 2.5, speed: 900 },
  { provider: 'openai', model: 'gpt-5-mini', input: 0.25, output: 2, speed: 1500 },
  { provider: 'anthropic', model: 'claude-haiku-4-5', input: 1, output: 5, speed: 1200 },
]
const extractive: Model = { provider: 'guildhall', model: 'guildhall/extractive', input: 0, output: 0, speed: 12 }
const failures = [
  { status: 429, reason: 'rate_limited', error: 'Rate limit reached' },
  { status: 503, reason: 'server_error', error: 'The model is overloaded' },
  { status: null, reason: 'timeout', error: 'No first token within 20 s' },
] as const

const dayMs = 86_400_000
/** Most attempts; the built-in answerer says otherwise. */
const fresh: NewUsage['source'] = 'fresh'
/** Where a price of the sample comes from. */
const sampleVersion = 'sample'

interface Rows {
  runs: (typeof runs.$inferInsert)[]
  steps: (typeof runSteps.$inferInsert)[]
  attempts: (typeof runAttempts.$inferInsert)[]
  /** The ledger's word on each attempt, under the same id. */
  usage: NewUsage[]
  feedback: (typeof runFeedback.$inferInsert)[]
}

export interface HistoryOptions {
  tenantId: string
  client: DemoClient
  agent: { id: string; name: string } | null
  projectId: string | null
  days: number
  now: Date
  seed: number
}

/** Ninety believable days of one client: busier weekdays, a slow rise, now and then a provider that fails. */
export function makeHistory(options: HistoryOptions): Rows {
  const random = seededRandom(options.seed)
  const rows: Rows = { runs: [], steps: [], attempts: [], usage: [], feedback: [] }
  const processId = newId()
  for (let back = options.days; back >= 0; back--) {
    const day = new Date(options.now.getTime() - back * dayMs)
    const weekend = day.getUTCDay() === 0 || day.getUTCDay() === 6
    const growth = 0.7 + (0.6 * (options.days - back)) / options.days
    const mean = (weekend ? options.client.perDay.weekend : options.client.perDay.weekday) * growth
    const count = Math.max(0, Math.round(mean + (random.next() - 0.5) * mean * 0.6))
    // One bad day of the preferred provider every few weeks shows what fallback is for.
    const badDay = back % 23 === 7
    for (let n = 0; n < count; n++) {
      const startedAt = new Date(
        Date.UTC(
          day.getUTCFullYear(),
          day.getUTCMonth(),
          day.getUTCDate(),
          random.between(8, 18),
          random.between(0, 59),
          random.between(0, 59),
        ),
      )
      if (startedAt < options.now) addRun(rows, random, options, startedAt, processId, badDay)
    }
  }
  return rows
}

function addRun(
  rows: Rows,
  random: Random,
  options: HistoryOptions,
  startedAt: Date,
  processId: string,
  badDay: boolean,
): void {
  const { tenantId, client, agent } = options
  const id = newId()
  // Now and then something goes wrong for good: a recording that nobody can transcribe, a visitor who leaves.
  const luck = random.next()
  const status = luck < 0.008 ? ('failed' as const) : luck < 0.015 ? ('cancelled' as const) : ('ok' as const)
  const kinds = client.blueprint ? (['analysis', 'chat', 'roleplay'] as const) : (['chat'] as const)
  const kind = kinds[random.weighted(client.blueprint ? [5, 4, 2] : [1])] ?? 'chat'
  const title =
    kind === 'chat'
      ? random.pick(client.questions)
      : kind === 'analysis'
        ? `Call ${String(random.between(100, 999))} analysed`
        : 'Role-play with a sceptical buyer'
  const tokensIn = random.between(700, kind === 'analysis' ? 7000 : 2400)
  const tokensOut = random.between(60, kind === 'analysis' ? 900 : 320)
  const preferred = random.weighted([6, 3, 2])
  const failing = random.next() < (badDay ? 0.6 : 0.03)
  const used = [
    models[preferred] ?? models[0],
    ...(failing ? [models[(preferred + 1) % models.length] ?? models[1]] : []),
  ]
  const allDown = failing && random.next() < 0.06
  const steps: { kind: 'retrieval' | 'engine' | 'model'; name: string; ms: number; facts: Record<string, unknown> }[] =
    [
      { kind: 'retrieval', name: 'knowledge', ms: random.between(6, 40), facts: { passages: random.between(3, 8) } },
      ...(kind === 'analysis'
        ? [
            {
              kind: 'engine' as const,
              name: 'conversation metrics',
              ms: random.between(4, 20),
              facts: { engine: 'conversation' },
            },
          ]
        : []),
    ]
  let position = 0
  let offset = 0
  for (const step of steps) {
    rows.steps.push({
      id: newId(),
      tenantId,
      runId: id,
      position: position++,
      kind: step.kind,
      name: step.name,
      status: 'ok',
      facts: step.facts,
      startedAt: new Date(startedAt.getTime() + offset),
      ms: step.ms,
    })
    offset += step.ms
  }
  const stepId = newId()
  const attempts = used.map((model, at) => {
    const last = at === used.length - 1
    const failed = !last || allDown
    const failure = random.pick(failures)
    const ms = failed
      ? failure.reason === 'timeout'
        ? 20_000
        : random.between(80, 700)
      : Math.round(model.speed * (0.6 + random.next() * 1.4) + tokensOut * 4)
    const cost = Math.round(tokensIn * model.input + tokensOut * model.output)
    return {
      id: newId(),
      tenantId,
      runId: id,
      stepId,
      position: at,
      provider: model.provider,
      model: model.model,
      outcome: failed ? ('failed' as const) : ('ok' as const),
      startedAt: new Date(startedAt.getTime() + offset),
      ms,
      firstTokenMs: failed ? null : Math.round(ms * 0.35),
      tokensIn: failed ? null : tokensIn,
      tokensOut: failed ? null : tokensOut,
      tokensCached: failed ? null : 0,
      costMicros: failed ? 0 : cost,
      priceVersion: sampleVersion,
      source: fresh,
      status: failed ? failure.status : 200,
      reason: failed ? failure.reason : null,
      error: failed ? failure.error : null,
    }
  })
  if (allDown)
    attempts.push({
      id: newId(),
      tenantId,
      runId: id,
      stepId,
      position: attempts.length,
      provider: extractive.provider,
      model: extractive.model,
      outcome: 'ok',
      startedAt: new Date(startedAt.getTime() + offset),
      ms: extractive.speed,
      firstTokenMs: 8,
      tokensIn: 0,
      tokensOut: 0,
      tokensCached: 0,
      costMicros: 0,
      priceVersion: sampleVersion,
      source: 'extractive',
      status: 200,
      reason: null,
      error: null,
    })
  const answer = attempts.at(-1)
  const modelMs = attempts.reduce((sum, attempt) => sum + attempt.ms, 0)
  rows.steps.push({
    id: stepId,
    tenantId,
    runId: id,
    position,
    kind: 'model',
    name: 'answer',
    status: 'ok',
    facts: {},
    startedAt: new Date(startedAt.getTime() + offset),
    ms: modelMs,
  })
  rows.attempts.push(...attempts)
  const actor = {
    type: 'system',
    id: 'demo',
    name: kind === 'chat' && !client.blueprint ? 'Website visitor' : 'Sales rep',
  }
  rows.usage.push(
    ...attempts.map((attempt): NewUsage => ({
      id: attempt.id,
      runId: id,
      occurredAt: attempt.startedAt,
      kind: 'chat',
      outcome: attempt.outcome,
      source: attempt.source,
      provider: attempt.provider,
      model: attempt.model,
      route: null,
      actor,
      projectId: options.projectId,
      agentId: agent?.id ?? null,
      tokens: {
        input: attempt.tokensIn ?? 0,
        output: attempt.tokensOut ?? 0,
        cached: 0,
        cacheWrite: 0,
        reasoning: 0,
        estimated: false,
      },
      costMicros: attempt.costMicros,
      priceVersion: attempt.priceVersion,
    })),
  )
  const ms = offset + modelMs
  const firstFailure = attempts.find((attempt) => attempt.outcome === 'failed')
  rows.runs.push({
    id,
    tenantId,
    kind,
    title,
    status,
    error: status === 'failed' ? 'The recording could not be read: it holds no speech.' : null,
    agentId: agent?.id ?? null,
    agentName: agent?.name ?? null,
    agentVersion: agent ? 1 : null,
    projectId: options.projectId,
    actorType: actor.type,
    actorId: actor.id,
    actorName: actor.name,
    requestId: newId(),
    startedAt,
    endedAt: new Date(startedAt.getTime() + ms),
    ms,
    tokensIn: answer?.tokensIn ?? 0,
    tokensOut: answer?.tokensOut ?? 0,
    tokensCached: 0,
    costMicros: attempts.reduce((sum, attempt) => sum + (attempt.costMicros ?? 0), 0),
    costComplete: true,
    provider: answer?.provider ?? null,
    model: answer?.model ?? null,
    attempts: attempts.length,
    fallbackReason: firstFailure?.reason ?? null,
    processId,
  })
  if (random.next() < 0.12)
    rows.feedback.push({
      tenantId,
      runId: id,
      actor: 'system:demo',
      actorName: 'Website visitor',
      rating: random.next() < 0.85 ? 'up' : 'down',
      comment: null,
      updatedAt: new Date(startedAt.getTime() + ms + 60_000),
    })
}

/** Writes the rows in the tenant's own name, a few thousand values per statement. */
export async function writeHistory(runtime: Runtime, tenant: Tenant, rows: Rows): Promise<void> {
  await runtime.database.within({ tenantId: tenant.id }, async (db) => {
    for (const part of inParts(rows.runs)) await db.insert(runs).values(part)
    for (const part of inParts(rows.steps)) await db.insert(runSteps).values(part)
    for (const part of inParts(rows.attempts)) await db.insert(runAttempts).values(part)
    for (const part of inParts(rows.usage)) await bookUsage({ db, tenant, now: runtime.now }, part)
    for (const part of inParts(rows.feedback)) await db.insert(runFeedback).values(part)
  })
}

function* inParts<T>(list: readonly T[], size = 800): Generator<T[]> {
  for (let at = 0; at < list.length; at += size) yield list.slice(at, at + size)
}
