import type {
  LanguageModelV4CallOptions,
  LanguageModelV4Content,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
} from '@ai-sdk/provider'
import type { Context } from '@guildhall/kernel'
import type { AttemptRecord, Outcome, StepHandle } from '@guildhall/modules/runs'
import { findCachedAnswer, keepAnswer } from './answer-cache.ts'
import type { Chain } from './routes/chain.ts'
import { extract, extractiveMetadata, extractiveModel, extractiveProvider, type ExtractiveText } from './extractive.ts'
import type { Answered, ModelRequest } from './gateway.ts'
import type { GatewayState } from './gateway-state.ts'
import { pricedCall } from './priced-call.ts'
import { exhausted } from './problems.ts'
import { promptText } from './prompt-text.ts'
import { askedOf, requestHash } from './request-hash.ts'
import { countTokens } from './usage.ts'
import type { FailedAttempt, Walked } from './walk/walk-targets.ts'

export interface ModelCallOptions {
  ctx: Context
  state: GatewayState
  chain: Chain
  request: ModelRequest
  /** False where an earlier answer is worth nothing (a test of the key). Default true. */
  useCache?: boolean
}

/** What came back when no provider answered. */
export type LastResort =
  | { source: 'cached'; text: string; answered: Answered }
  | { source: 'extractive'; text: ExtractiveText; answered: Answered }

/** One call of a model: a step of the run, with each attempt, and what is kept of it. */
export interface ModelCall {
  failed(attempt: FailedAttempt): void
  /** Names who answers; called when the walk has committed to a target. */
  commit(walked: Walked<unknown>): Answered
  /** Writes the attempt that was committed to, and ends the step. */
  settle(walked: Walked<unknown>, end: CommittedEnd): Promise<void>
  /** The cached or the extractive answer, journaled. @throws Problem when neither may answer */
  lastResort(): Promise<LastResort>
  /** Ends the step after an error or an abort. */
  abandon(error: unknown): Promise<void>
}

interface CommittedEnd {
  outcome: Exclude<Outcome, 'running'>
  usage: LanguageModelV4Usage | undefined
  /** All that was received, for the journal and, without usage, for the estimate. */
  content: readonly LanguageModelV4Content[]
  /** Complete answer in words: kept for the day when nobody answers. */
  complete: boolean
  firstTokenMs?: number
  reason?: string
  error?: string
}

const free = { costMicros: 0, version: null }

export async function startModelCall(
  { ctx, state, chain, request, useCache = true }: ModelCallOptions,
  options: LanguageModelV4CallOptions,
): Promise<ModelCall> {
  const asked = askedOf(options)
  const step: Awaited<ReturnType<ModelRequest['run']['openStep']>> = await request.run.openStep({
    kind: 'model',
    name: request.step ?? 'model',
    input: asked,
  })
  const hash = requestHash(chain.requested, asked)
  const prices = await ctx.services.ledger.prices(ctx)
  const failures: AttemptRecord[] = []
  const words = () => promptText(options.prompt)
  const record = (attempt: AttemptRecord) => {
    failures.push(attempt)
    step.attempt(attempt)
  }
  for (const { provider, model } of chain.missing)
    record({
      provider,
      model,
      outcome: 'failed',
      startedAt: ctx.now(),
      ms: 0,
      costMicros: 0,
      reason: 'no_key',
      error: 'no key is configured',
    })

  /** Why somebody else than the first of the chain answers; null when it is the first. */
  const fallbackReason = (provider: string, model: string): string | null => {
    const first = failures[0]
    return first === undefined || (first.provider === provider && first.model === model) ? null : (first.reason ?? null)
  }

  return {
    failed(attempt) {
      const { target } = attempt
      const tokens = attempt.mayCost ? { ...countTokens(undefined, words(), ''), output: 0 } : undefined
      const price = tokens ? prices.price(pricedCall(target, attempt.startedAt), tokens) : free
      record({
        provider: target.connection.slug,
        model: target.model,
        outcome: attempt.reason === 'cancelled' ? 'cancelled' : 'failed',
        startedAt: attempt.startedAt,
        ms: attempt.ms,
        costMicros: price.costMicros,
        priceVersion: price.version,
        reason: attempt.reason,
        error: attempt.message,
        ...(tokens ? { tokens } : {}),
        ...(attempt.status ? { status: attempt.status } : {}),
      })
    },
    commit({ target }) {
      const provider = target.connection.slug
      return {
        provider,
        model: target.model,
        source: 'fresh',
        fallbackReason: fallbackReason(provider, target.model),
        attempts: failures.length + 1,
      }
    },
    async settle({ target, startedAt, startedMs }, end) {
      const provider = target.connection.slug
      const text = textOf(end.content)
      const tokens = countTokens(end.usage, words(), allTextOf(end.content))
      const price = prices.price(pricedCall(target, startedAt), tokens)
      const reason = end.reason ?? fallbackReason(provider, target.model)
      step.attempt({
        provider,
        model: target.model,
        outcome: end.outcome,
        startedAt,
        ms: performance.now() - startedMs,
        tokens,
        costMicros: price.costMicros,
        priceVersion: price.version,
        ...(end.firstTokenMs === undefined ? {} : { firstTokenMs: end.firstTokenMs }),
        ...(reason === null ? {} : { reason }),
        ...(end.error === undefined ? {} : { error: end.error }),
      })
      step.output(end.content)
      step.facts({ requested: chain.requested, source: 'fresh', provider, model: target.model })
      await endStep(ctx, step, end.outcome, end.error)
      const inWords =
        useCache &&
        end.complete &&
        text !== '' &&
        end.content.every((part) => part.type === 'text' || part.type === 'reasoning')
      if (inWords)
        await keepAnswer(ctx, hash, { text, provider, model: target.model }, state.settings.cacheDays).catch(
          (error: unknown) => ctx.log.warn({ err: error }, 'answer not kept for the last resort'),
        )
    },
    async lastResort() {
      const startedAt = ctx.now()
      const startedMs = performance.now()
      const reason = failures[0]?.reason ?? (chain.requested === extractiveModel ? null : 'no_provider')
      const attempts = failures.length + 1
      const write = async (found: LastResort, output: unknown) => {
        const { provider, model, source } = found.answered
        step.attempt({
          provider,
          model,
          outcome: 'ok',
          startedAt,
          ms: performance.now() - startedMs,
          tokens: { input: 0, output: 0, cached: 0 },
          costMicros: 0,
          source,
          ...(reason ? { reason } : {}),
        })
        step.output(output)
        step.facts({ requested: chain.requested, source, provider, model })
        await endStep(ctx, step, 'ok')
        return found
      }
      const cached = chain.requested === extractiveModel || !useCache ? null : await findCachedAnswer(ctx, hash)
      if (cached) {
        const { text, provider, model } = cached
        step.facts({ answeredAt: cached.createdAt.toISOString() })
        return write(
          { source: 'cached', text, answered: { provider, model, source: 'cached', fallbackReason: reason, attempts } },
          text,
        )
      }
      if (!mayExtract(chain, options)) throw exhausted(chain.targets, failures)
      const text = extract(options.prompt, request.passages)
      step.facts({ ...extractiveMetadata(text)['guildhall'] })
      const answered: Answered = {
        provider: extractiveProvider,
        model: extractiveModel,
        source: 'extractive',
        fallbackReason: reason,
        attempts,
      }
      return write({ source: 'extractive', text, answered }, text.pieces.join(''))
    },
    abandon: (error) =>
      endStep(
        ctx,
        step,
        options.abortSignal?.aborted ? 'cancelled' : 'failed',
        error instanceof Error ? error.message : String(error),
      ),
  }
}

/** An answer that was given is not taken back because its journal entry failed; the log and the open run tell. */
async function endStep(
  ctx: Context,
  step: StepHandle & { end(outcome: Exclude<Outcome, 'running'>, error?: string): Promise<void> },
  outcome: Exclude<Outcome, 'running'>,
  error?: string,
): Promise<void> {
  await step
    .end(outcome, error)
    .catch((failure: unknown) => ctx.log.error({ err: failure, step: step.id }, 'step could not be journaled'))
}

/** A quotation is neither JSON nor a tool call. */
function mayExtract(chain: Chain, options: LanguageModelV4CallOptions): boolean {
  const wantsJson = options.responseFormat?.type === 'json'
  const wantsTool = options.toolChoice?.type === 'required' || options.toolChoice?.type === 'tool'
  return chain.extractive && !wantsJson && !wantsTool
}

function textOf(content: readonly LanguageModelV4Content[]): string {
  return content.map((part) => (part.type === 'text' ? part.text : '')).join('')
}

function allTextOf(content: readonly LanguageModelV4Content[]): string {
  return content
    .map((part) =>
      part.type === 'text' || part.type === 'reasoning' ? part.text : part.type === 'tool-call' ? part.input : '',
    )
    .join('')
}

/** Puts the parts of a stream together again as content. */
export function collectContent(): { add(part: LanguageModelV4StreamPart): void; content(): LanguageModelV4Content[] } {
  const content: LanguageModelV4Content[] = []
  const open = new Map<string, { type: 'text' | 'reasoning'; text: string }>()
  const block = (type: 'text' | 'reasoning', id: string, delta: string) => {
    const known = open.get(`${type}:${id}`)
    if (known) known.text += delta
    else {
      const fresh = { type, text: delta }
      open.set(`${type}:${id}`, fresh)
      content.push(fresh)
    }
  }
  return {
    add(part) {
      if (part.type === 'text-delta') block('text', part.id, part.delta)
      else if (part.type === 'reasoning-delta') block('reasoning', part.id, part.delta)
      else if (
        part.type === 'tool-call' ||
        part.type === 'tool-result' ||
        part.type === 'source' ||
        part.type === 'file'
      )
        content.push(part)
    },
    content: () => content,
  }
}
