import type { Context } from '@guildhall/kernel'
import type { AttemptRecord, RunHandle } from '@guildhall/modules/runs'
import type { Cooldowns } from '../cooldowns/cooldowns.ts'
import { createFallbackModel } from '../fallback-model.ts'
import type { Answered } from '../gateway.ts'
import type { GatewayState } from '../gateway-state.ts'
import type { StoredRoute } from '../load-providers.ts'
import type { ChainTarget } from '../schema.ts'
import { resolveChain } from './resolve-chain.ts'

/** What a call of a route does, while it does it. */
export type WalkEvent =
  | { type: 'start'; runId: string; targets: readonly ChainTarget[]; missing: readonly ChainTarget[] }
  | { type: 'asking'; target: ChainTarget }
  | { type: 'attempt'; attempt: WalkedAttempt }
  | { type: 'text'; delta: string }
  | { type: 'end'; answered: Answered | null; error: string | null; ms: number }

/** An attempt as its record says it; one that was passed over has `ms` 0 and its reason. */
type WalkedAttempt = Pick<AttemptRecord, 'provider' | 'model' | 'outcome' | 'ms' | 'costMicros'> & {
  source: 'fresh' | 'cached' | 'extractive'
  firstTokenMs: number | null
  tokensIn: number | null
  tokensOut: number | null
  status: number | null
  reason: string | null
  error: string | null
}

/** Enough to see that a model answers. */
const maxOutputTokens = 300

/**
 * Asks a route as any caller would, limits and budgets included, though never from its cache, and tells each step as it is
 * made. A call that nobody answers ends with an event, not with an error.
 * @throws the reason of `signal`
 */
export async function walkRoute(
  { ctx, state }: { ctx: Context; state: GatewayState },
  route: StoredRoute,
  question: string,
  { tell, signal }: { tell: (event: WalkEvent) => void; signal: AbortSignal },
): Promise<void> {
  const known = { ...(await state.providers.fresh(ctx)), fetch: state.fetch }
  const run = await ctx.services.runs.start(ctx, {
    kind: 'provider-test',
    title: `Test of the route ${route.alias}`,
    ...(route.projectId === null ? {} : { projectId: route.projectId }),
  })
  const { alias: name, projectId } = route
  const about = { hasPassages: false, projectId, seed: run.id }
  // This one, also where another of its name comes before it.
  const chain = resolveChain({ name, ...about }, { ...known, routes: [route] })
  const startedMs = performance.now()
  tell({ type: 'start', runId: run.id, targets: chain.targets.map(named), missing: chain.missing })
  const language = createFallbackModel({
    ctx,
    state: { ...state, cooldowns: watched(state.cooldowns, tell) },
    chain,
    request: { model: name, run: overheard(run, tell), step: 'test' },
    resolve: (other) => resolveChain({ name: other, ...about }, known),
    useCache: false,
  })
  const end = (error: string | null) =>
    tell({ type: 'end', answered: language.answered(), error, ms: performance.now() - startedMs })
  try {
    const { stream } = await language.doStream({
      prompt: [{ role: 'user', content: [{ type: 'text', text: question }] }],
      maxOutputTokens,
      abortSignal: signal,
    })
    let failed: unknown = null
    for await (const part of stream) {
      if (part.type === 'text-delta') tell({ type: 'text', delta: part.delta })
      else if (part.type === 'error') failed = part.error
    }
    if (failed !== null) throw failed
    await run.end('ok')
    end(null)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    await run.end(signal.aborted ? 'cancelled' : 'failed', { error: message })
    if (signal.aborted) throw error
    end(message)
  }
}

const named = ({ connection, model }: Parameters<Cooldowns['admit']>[0]): ChainTarget => ({
  provider: connection.slug,
  model,
})

/** Tells who is let in, which is who is asked next. */
function watched(cooldowns: Cooldowns, tell: (event: WalkEvent) => void): Cooldowns {
  return {
    ...cooldowns,
    admit(target, alone) {
      const told = <T extends { admitted: boolean }>(pass: T): T => {
        if (pass.admitted) tell({ type: 'asking', target: named(target) })
        return pass
      }
      const pass = cooldowns.admit(target, alone)
      return pass instanceof Promise ? pass.then(told) : told(pass)
    },
  }
}

/** Tells each attempt when it is recorded: the journal writes them at the end of the step. */
function overheard(run: RunHandle, tell: (event: WalkEvent) => void): RunHandle {
  return {
    ...run,
    async openStep(options) {
      const step = await run.openStep(options)
      return {
        ...step,
        attempt(record) {
          step.attempt(record)
          tell({ type: 'attempt', attempt: walkedAttempt(record) })
        },
      }
    },
  }
}

function walkedAttempt(record: AttemptRecord): WalkedAttempt {
  const { provider, model, outcome, costMicros, tokens } = record
  return {
    provider,
    model,
    outcome,
    costMicros,
    ms: Math.round(record.ms),
    source: record.source ?? 'fresh',
    firstTokenMs: record.firstTokenMs === undefined ? null : Math.round(record.firstTokenMs),
    tokensIn: tokens?.input ?? null,
    tokensOut: tokens?.output ?? null,
    status: record.status ?? null,
    reason: record.reason ?? null,
    error: record.error ?? null,
  }
}
