import type { LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { LLMock } from '@copilotkit/aimock'
import { Problem, systemCaller, type Context, type Runtime, type Tenant } from '@guildhall/kernel'
import { ledgerSchema } from '@guildhall/modules/ledger'
import { runAttempts, runs } from '@guildhall/modules/runs'
import { and, count, eq, inArray, ne } from 'drizzle-orm'
import { connectProvider } from '../../operations/connect-provider.ts'
import { createProviderRoute } from '../../operations/create-provider-route.ts'
import type { GatewaySettings } from '../../walk/settings.ts'
import type { OwnUpstream } from '../own-upstream.ts'
import { answerOf, questionOf } from './answers.ts'
import { dialects, models, toldUsage, type Dialect, type Surface } from './dialects.ts'
import { startFaultProxy, type FaultProxy } from './fault-proxy.ts'
import { modes, type Mode } from './faults.ts'
import { hearHttp } from './hear-http.ts'
import { startSpare } from './spare-upstream.ts'

/** Short clocks: what takes seconds in earnest takes less here. Still long enough for a busy machine. */
export const chaosClocks: Partial<GatewaySettings> = {
  firstTokenMs: 1_500,
  idleMs: 1_500,
  answerMs: 2_000,
  totalMs: 10_000,
  backoffMs: 5,
  longestBackoffMs: 20,
  longestRetryAfterMs: 1_500,
}

/** Hosts that an installation must allow for it. */
export const chaosHosts = '127.0.0.1'

/** What came of a call, as its caller saw it. */
export interface Heard {
  /** `whole`; `broken` = an error after a part of the answer; `refused` = a typed error instead of one. Else a bug. */
  kind: 'whole' | 'broken' | 'refused' | 'indefinite'
  /** Words, or the arguments of the tool call. */
  text: string
  provider: string | null
  detail: string
  runId: string
  ms: number
}

/** What the journal and the ledger say of a run. */
export interface Booked {
  provider: string
  reason: string | null
  sent: boolean
  tokensIn: number
  tokensOut: number
  estimated: boolean
  costMicros: number | null
  /** The entry of the same id says the same. */
  agrees: boolean
}

/** Mock providers behind fault proxies, and one that always answers, connected to a tenant of an installation. */
export interface ChaosLab {
  /** How its calls reach the gateway. */
  surface: Surface
  proxies: Record<Dialect, FaultProxy>
  spare: OwnUpstream
  /** Sends a dialect's calls somewhere else, or (null) to its proxy again. */
  redirect(dialect: Dialect, address: string | null): Promise<void>
  /** Forgets all failures. */
  forgive(dialect?: Dialect): Promise<void>
  ask(route: string, mode: Mode, huge?: boolean): Promise<Heard>
  booked(runId: string): Promise<Booked[]>
  /** Resolves when these runs, which are written behind their answers, are in the journal. */
  journaled(runIds: ReadonlySet<string>): Promise<void>
  /** The context of the tenant whose calls these are. */
  ctx: Context
  stop(): Promise<void>
}

/** Everything that was passed over, or never left this machine. */
const neverSent = new Set(['circuit_open', 'no_key', 'deadline', 'refused', 'context_too_small', 'lacks_capability'])

/** Whether a provider was asked. The reason of an answer says why somebody else did not give it. */
export function wasSent(attempt: { outcome: string; reason: string | null } | null): boolean {
  return attempt !== null && (attempt.outcome === 'ok' || !neverSent.has(attempt.reason ?? ''))
}

/** The gateway over HTTP, for calls of one tenant. */
export interface ServedGateway {
  url: string
  headers: Record<string, string>
  stop(): Promise<void>
}

/** @param served where calls come over HTTP in a protocol; without it they are made inside of the process */
export async function startChaosLab(
  runtime: Runtime,
  tenant: Tenant,
  served?: { surface: Exclude<Surface, 'inside'>; gateway: ServedGateway },
): Promise<ChaosLab> {
  const mock = await LLMock.create({ port: 0 })
  const usage = {
    input_tokens: toldUsage.input,
    output_tokens: toldUsage.output,
    promptTokenCount: toldUsage.input,
    candidatesTokenCount: toldUsage.output,
    totalTokenCount: toldUsage.input + toldUsage.output,
  }
  for (const huge of [true, false])
    for (const mode of modes.filter((each) => !each.endsWith('stream'))) {
      const text = answerOf('primary', mode, huge)
      const said = mode === 'tools' ? { toolCalls: [{ name: 'look_up', arguments: text }] } : { content: text }
      const words = new RegExp(`^${huge ? 'huge ' : ''}${mode} question`)
      mock.onMessage(words, { ...said, usage }, { chunkSize: huge ? 1_000_000 : 8 })
    }
  const surface = served?.surface ?? 'inside'
  const [openai, anthropic, google, spare] = await Promise.all([
    startFaultProxy('openai', mock.url, surface),
    startFaultProxy('anthropic', mock.url, surface),
    startFaultProxy('google', mock.url, surface),
    startSpare(),
  ])
  const proxies = { openai, anthropic, google }
  const caller = systemCaller(tenant)
  const ctx = runtime.context(caller)
  const connect = async (dialect: Dialect, baseUrl: string) => {
    const input = { kind: dialect, baseUrl, models: [models[dialect].model], apiKey: `sk-chaos-${dialect}` }
    await runtime.execute(connectProvider, input, { caller })
  }
  for (const dialect of dialects) await connect(dialect, proxies[dialect].url)
  const own = {
    kind: 'openai-compatible',
    slug: 'spare',
    baseUrl: spare.url,
    models: ['spare-chat'],
    apiKey: 'sk-spare-1234',
  }
  await runtime.execute(connectProvider, own, { caller })

  const rules = { attempts: 2, lastResort: { cached: false, extractive: false } }
  const last = { provider: 'spare', model: 'spare-chat', rank: 2 }
  for (const dialect of dialects) {
    const targets = [{ provider: dialect, model: models[dialect].model }, last]
    await runtime.execute(createProviderRoute, { alias: dialect, targets, rules }, { caller })
  }
  const all = [...dialects.map((dialect) => ({ provider: dialect, model: models[dialect].model })), last]
  // An answer that comes whole while its reader gives up would be counted on one side only.
  const patient = { ...rules, firstTokenMs: 30_000, idleMs: 30_000, totalMs: 50_000 }
  await runtime.execute(createProviderRoute, { alias: 'everybody', targets: all, rules: patient }, { caller })

  return {
    surface,
    proxies,
    spare,
    ctx,
    redirect: (dialect, address) => connect(dialect, address ?? proxies[dialect].url),
    async forgive(dialect) {
      for (const slug of dialect ? [dialect] : [...dialects, 'spare'])
        runtime.services.providerAdministration.changed(tenant.id, slug)
    },
    async ask(route, mode, huge = false) {
      if (served) return askOver(served.gateway, { surface: served.surface, route, mode, huge })
      const run = await ctx.services.runs.start(ctx, { kind: 'completion', title: `${route} ${mode}` })
      const started = performance.now()
      const heard = await hear(ctx, run, { route, mode, huge })
      const ms = performance.now() - started
      await run.end(heard.kind === 'whole' ? 'ok' : 'failed')
      return { ...heard, runId: run.id, ms }
    },
    async booked(runId) {
      await untilJournaled(ctx, new Set([runId]))
      return readBooked(ctx, runId)
    },
    journaled: (runIds) => untilJournaled(ctx, runIds),
    async stop() {
      await served?.gateway.stop()
      await Promise.all([...Object.values(proxies).map((proxy) => proxy.stop()), spare.stop(), mock.stop()])
    },
  }
}

/** A call that has not come to its end by then has no definite outcome. */
const patienceMs = 60_000

async function askOver(
  gateway: ServedGateway,
  question: Omit<Parameters<typeof hearHttp>[1], 'signal'>,
): Promise<Heard> {
  const started = performance.now()
  const heard = await hearHttp(gateway, { ...question, signal: AbortSignal.timeout(patienceMs) }).catch(
    (error: unknown): Omit<Heard, 'ms'> => ({
      kind: 'indefinite',
      text: '',
      provider: null,
      detail: String(error),
      runId: '',
    }),
  )
  return { ...heard, ms: performance.now() - started }
}

/** @throws Error when a run is not there after a long while */
async function untilJournaled(ctx: Context, runIds: ReadonlySet<string>): Promise<void> {
  const deadline = performance.now() + patienceMs
  const ids = [...runIds].filter((id) => id !== '')
  for (;;) {
    const ended = await ctx.transaction(
      (tx) =>
        tx.db
          .select({ count: count() })
          .from(runs)
          .where(and(eq(runs.tenantId, ctx.tenant.id), ne(runs.status, 'running'), inArray(runs.id, ids))),
      { readOnly: true },
    )
    const known = ended[0]?.count ?? 0
    if (known >= ids.length) return
    if (performance.now() > deadline) throw new Error(`${ids.length - known} of ${ids.length} runs are not journaled`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function hear(
  ctx: Context,
  run: Awaited<ReturnType<Context['services']['runs']['start']>>,
  { route, mode, huge }: { route: string; mode: Mode; huge: boolean },
): Promise<Omit<Heard, 'runId' | 'ms'>> {
  const model = await ctx.services.providers.languageModel(ctx, { model: route, run })
  const options = questionOf(mode, huge)
  const who = () => model.answered()?.provider ?? null
  let text = ''
  let finish: string | null = null
  const patience = AbortSignal.timeout(patienceMs)
  const read = (part: LanguageModelV4StreamPart) => {
    if (part.type === 'error') throw part.error
    if (part.type === 'text-delta') text += part.delta
    if (part.type === 'tool-input-delta') text += part.delta
    // Those that stream the arguments give the whole call at the end as well.
    if (part.type === 'tool-call') text = part.input
    if (part.type === 'finish') finish = part.finishReason.unified
  }
  try {
    if (mode.endsWith('stream')) {
      const { stream } = await model.doStream({ ...options, abortSignal: patience })
      for await (const part of stream) read(part)
    } else {
      const result = await model.doGenerate({ ...options, abortSignal: patience })
      for (const part of result.content)
        if (part.type === 'text') text += part.text
        else if (part.type === 'tool-call') text = part.input
      finish = result.finishReason.unified
    }
    const expected = mode.startsWith('tools') ? 'tool-calls' : 'stop'
    if (finish === expected) return { kind: 'whole', text, provider: who(), detail: finish }
    return { kind: 'indefinite', text, provider: who(), detail: `it ended with ${String(finish)}` }
  } catch (error) {
    const typed = error instanceof Problem
    const kind = !typed ? 'indefinite' : error.type === 'answer-cut' ? 'broken' : 'refused'
    return { kind, text, provider: who(), detail: typed ? error.type : String(error) }
  }
}

async function readBooked(ctx: Context, runId: string): Promise<Booked[]> {
  const { usageEntries } = ledgerSchema
  const { attempts, entries } = await ctx.transaction(
    async (tx) => ({
      attempts: await tx.db.select().from(runAttempts).where(eq(runAttempts.runId, runId)),
      entries: await tx.db.select().from(usageEntries).where(eq(usageEntries.runId, runId)),
    }),
    { readOnly: true },
  )
  const byId = new Map(entries.map((entry) => [entry.id, entry]))
  if (entries.length !== attempts.length) throw new Error(`${entries.length} entries for ${attempts.length} attempts`)
  return attempts.map((attempt) => {
    const entry = byId.get(attempt.id)
    return {
      provider: attempt.provider,
      reason: attempt.reason,
      sent: wasSent(attempt),
      tokensIn: entry?.tokensIn ?? 0,
      tokensOut: entry?.tokensOut ?? 0,
      estimated: entry?.estimated ?? false,
      costMicros: entry?.costMicros ?? null,
      agrees:
        entry !== undefined &&
        entry.costMicros === attempt.costMicros &&
        entry.tokensIn === (attempt.tokensIn ?? 0) &&
        entry.tokensOut === (attempt.tokensOut ?? 0),
    }
  })
}
