import type { LanguageModelV4CallOptions, LanguageModelV4Content, LanguageModelV4Usage } from '@ai-sdk/provider'
import type { Context } from '@guildhall/kernel'
import type { AttemptRecord, Outcome, StepHandle } from '@guildhall/modules/runs'
import { wishesOf } from './adapters/wishes.ts'
import { startSettling } from './admit-call.ts'
import { admitModelCall } from './admit-model-call.ts'
import type { FoundAnswer } from './cache/call-cache.ts'
import { allTextOf, textOf } from './call-content.ts'
import { extract, extractiveMetadata, extractiveModel, extractiveProvider, type ExtractiveText } from './extractive.ts'
import type { Answered, ModelRequest } from './gateway.ts'
import type { GatewayState } from './gateway-state.ts'
import { pricedCall } from './priced-call.ts'
import { exhausted } from './problems.ts'
import { askedOf, requestHash, type Asked } from './request-hash.ts'
import type { Chain } from './routes/chain.ts'
import { countTokens } from './usage.ts'
import { rulesOf, type CallRules } from './walk/settings.ts'
import type { FailedAttempt, Walked } from './walk/walk-targets.ts'

export interface ModelCallOptions {
  ctx: Context
  state: GatewayState
  chain: Chain
  request: ModelRequest
  /** Finds what is asked instead when a budget says so. */
  resolve?: (name: string) => Chain
  /** For the answers to like questions; null = nobody embeds. */
  embed?: (text: string) => Promise<{ vector: Float32Array; model: string } | null>
  /** False where an earlier answer is worth nothing (a test of the key). Default true. */
  useCache?: boolean
}

/** What came back when no provider answered. */
export type LastResort =
  | { source: 'cached'; text: string; answered: Answered }
  | { source: 'extractive'; text: ExtractiveText; answered: Answered }

/** One call of a model: a step of the run, with each attempt, and what is kept of it. */
export interface ModelCall {
  /** What is asked; another than the request's when a budget is spent. */
  readonly chain: Chain
  readonly rules: CallRules
  readonly asked: Asked
  /** Words of the prompt, and how many tokens they are. */
  words(): { characters: number; inputTokens(): number }
  /** Time that was spent waiting for others, for the overhead. */
  waited(ms: number): void
  failed(attempt: FailedAttempt): void
  /** Names who answers; called when the walk has committed to a target. */
  commit(walked: Walked<unknown>): Answered
  /** Writes an attempt that broke off after it had been committed to. The call goes on, or ends with `abandon`. */
  broken(walked: Walked<unknown>, end: BrokenEnd): void
  /** Writes the attempt that was committed to, and ends the step. */
  settle(walked: Walked<unknown>, end: CommittedEnd): Promise<Answered>
  /** An answer that was kept under the route's rules is given again. */
  hit(found: FoundAnswer, content: readonly LanguageModelV4Content[]): Promise<Answered>
  /** The cached or the extractive answer, journaled. @throws Problem when neither may answer */
  lastResort(): Promise<LastResort>
  /** Ends the step after an error or an abort. */
  abandon(error: unknown): Promise<void>
}

interface CommittedEnd {
  outcome: 'ok' | 'cancelled'
  usage: LanguageModelV4Usage | undefined
  /** All that was received, for the journal and, without usage, for the estimate. */
  content: readonly LanguageModelV4Content[]
  /** All that was written, where that is more than `content` shows (half of a tool call). */
  written?: string
  /** Complete answer in words: kept for the day when nobody answers. */
  complete: boolean
  firstTokenMs?: number
  reason?: string
}

type BrokenEnd = Pick<CommittedEnd, 'usage' | 'content' | 'written' | 'firstTokenMs'> & {
  reason: string
  error: string
}

const free = { costMicros: 0, version: null }

export async function startModelCall(
  options: ModelCallOptions,
  callOptions: LanguageModelV4CallOptions,
): Promise<ModelCall> {
  const { ctx, state, request, useCache = true } = options
  const startedMs = performance.now()
  let waitedMs = 0
  const asked = askedOf(callOptions)
  const { prices, admission, chain, words, inputTokens } = await admitModelCall(options, callOptions)
  const rules = rulesOf(state.settings, chain.route?.rules ?? null)
  const mayKeep = useCache && request.cacheControl !== 'no-store'
  const settling = startSettling(admission)
  const route = chain.route?.alias ?? null
  const step: Awaited<ReturnType<ModelRequest['run']['openStep']>> = await request.run
    .openStep({ kind: 'model', name: request.step ?? 'model', ...(rules.payloads ? { input: asked } : {}) })
    .catch((error: unknown) => {
      settling.settle()
      throw error
    })
  if (admission.downgradeTo !== null) step.facts({ downgradedFrom: request.model })
  let hash: string | undefined
  const hashOf = () => (hash ??= requestHash(chain.requested, asked))
  const failures: AttemptRecord[] = []
  /** Milliseconds until the first of those that were passed over may be asked again. */
  let soonestMs: number | null = null
  let committed: Answered | null = null

  const write = (attempt: AttemptRecord) => {
    settling.add(attempt.tokens, attempt.costMicros)
    step.attempt({ ...attempt, route })
  }
  const fail = (attempt: AttemptRecord) => {
    failures.push(attempt)
    write(attempt)
  }
  for (const { provider, model } of chain.missing)
    fail({
      provider,
      model,
      outcome: 'failed',
      startedAt: ctx.now(),
      ms: 0,
      costMicros: 0,
      reason: 'no_key',
      error: 'no key is configured',
    })

  const end = async (outcome: Exclude<Outcome, 'running'>, error?: string) => {
    settling.settle()
    await endStep(ctx, step, outcome, error)
  }

  /** Why somebody else than the first of the chain answers; null when it is the first. */
  const fallbackReason = (provider: string, model: string): string | null => {
    const first = failures[0]
    return first === undefined || (first.provider === provider && first.model === model) ? null : (first.reason ?? null)
  }

  const describe = (who: Pick<Answered, 'provider' | 'model' | 'source' | 'fallbackReason'>): Answered => ({
    ...who,
    attempts: failures.length + 1,
    route,
    overheadMs: Math.max(0, performance.now() - startedMs - waitedMs),
    cache: null,
    limits: admission.headers,
  })

  const commit = ({ target }: Walked<unknown>): Answered => {
    const provider = target.connection.slug
    const { model } = target
    committed = describe({ provider, model, source: 'fresh', fallbackReason: fallbackReason(provider, model) })
    return committed
  }

  const attemptOf = (walked: Walked<unknown>, ended: CommittedEnd | BrokenEnd): AttemptRecord => {
    const { target, startedAt } = walked
    const tokens = countTokens(ended.usage, words(), ended.written ?? allTextOf(ended.content))
    const price = prices.price(pricedCall(target, startedAt), tokens)
    return {
      provider: target.connection.slug,
      model: target.model,
      outcome: 'outcome' in ended ? ended.outcome : 'failed',
      startedAt,
      ms: performance.now() - walked.startedMs,
      tokens,
      costMicros: price.costMicros,
      priceVersion: price.version,
      ...(ended.firstTokenMs === undefined ? {} : { firstTokenMs: ended.firstTokenMs }),
    }
  }

  /** An answer that no provider was asked for. */
  const writeKept = async (answered: Answered, startedAt: Date, output: unknown): Promise<Answered> => {
    const { provider, model, source, fallbackReason: reason } = answered
    write({
      provider,
      model,
      outcome: 'ok',
      startedAt,
      ms: ctx.now().getTime() - startedAt.getTime(),
      tokens: { input: 0, output: 0, cached: 0 },
      costMicros: 0,
      source,
      ...(reason ? { reason } : {}),
    })
    if (rules.payloads) step.output(output)
    step.facts({ requested: chain.requested, source, provider, model })
    await end('ok')
    return { ...answered, costMicros: settling.costMicros() }
  }

  return {
    chain,
    rules,
    asked,
    words: () => ({ characters: words().length, inputTokens }),
    waited(ms) {
      waitedMs += ms
    },
    failed(attempt) {
      const { target } = attempt
      const tokens = attempt.mayCost ? chargedOf(attempt.usage, words()) : undefined
      const price = tokens ? prices.price(pricedCall(target, attempt.startedAt), tokens) : free
      if (attempt.openForMs !== undefined) soonestMs = Math.min(soonestMs ?? attempt.openForMs, attempt.openForMs)
      fail({
        provider: target.connection.slug,
        model: target.model,
        outcome: attempt.reason === 'cancelled' || attempt.reason === 'hedged' ? 'cancelled' : 'failed',
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
    commit,
    broken(walked, ended) {
      fail({ ...attemptOf(walked, ended), reason: ended.reason, error: ended.error })
      if (rules.payloads) step.output(ended.content)
    },
    async settle(walked, ended) {
      const answered = committed ?? commit(walked)
      const { provider, model, fallbackReason: fellBack } = answered
      const text = textOf(ended.content)
      const reason = ended.reason ?? fellBack
      write({ ...attemptOf(walked, ended), ...(reason === null ? {} : { reason }) })
      if (rules.payloads) step.output(ended.content)
      step.facts({ requested: chain.requested, source: 'fresh', provider, model })
      await end(ended.outcome)
      const inWords =
        mayKeep &&
        rules.payloads &&
        ended.complete &&
        text !== '' &&
        ended.content.every((part) => part.type === 'text' || part.type === 'reasoning')
      if (inWords) state.lastAnswers.keep(ctx, hashOf(), { text, provider, model })
      return { ...answered, costMicros: settling.costMicros() }
    },
    async hit({ provider, model, similarity, createdAt }, content) {
      step.facts({ answeredAt: createdAt.toISOString(), ...(similarity === null ? {} : { similarity }) })
      const answered: Answered = {
        ...describe({ provider, model, source: 'cached', fallbackReason: null }),
        attempts: 0,
        cache: { kind: similarity === null ? 'exact' : 'semantic', similarity: similarity ?? 1 },
      }
      return writeKept(answered, ctx.now(), content)
    },
    async lastResort() {
      const startedAt = ctx.now()
      const reason = failures[0]?.reason ?? (chain.requested === extractiveModel ? null : 'no_provider')
      const mayGiveAgain = chain.requested !== extractiveModel && mayKeep && rules.lastResort.cached
      const cached = mayGiveAgain ? await state.lastAnswers.find(ctx, hashOf()) : null
      if (cached) {
        const { text, provider, model } = cached
        step.facts({ answeredAt: cached.createdAt.toISOString() })
        const answered = describe({ provider, model, source: 'cached', fallbackReason: reason })
        return { source: 'cached', text, answered: await writeKept(answered, startedAt, text) }
      }
      if (!mayExtract(chain, callOptions)) throw exhausted(chain.targets, failures, soonestMs)
      const text = extract(callOptions.prompt, request.passages)
      step.facts({ ...extractiveMetadata(text)['guildhall'] })
      const who = { provider: extractiveProvider, model: extractiveModel, source: 'extractive' as const }
      const answered = describe({ ...who, fallbackReason: reason })
      return { source: 'extractive', text, answered: await writeKept(answered, startedAt, text.pieces.join('')) }
    },
    abandon: (error) =>
      end(
        callOptions.abortSignal?.aborted ? 'cancelled' : 'failed',
        error instanceof Error ? error.message : String(error),
      ),
  }
}

/** What an attempt without an answer has used, as its provider says; else at least the prompt. */
function chargedOf(usage: LanguageModelV4Usage | undefined, words: string) {
  const tokens = countTokens(usage, words, '')
  return tokens.estimated ? { ...tokens, output: 0 } : tokens
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

/** A quotation is neither JSON nor a tool call, and nobody can say how likely it was. */
function mayExtract(chain: Chain, options: LanguageModelV4CallOptions): boolean {
  const wantsJson = options.responseFormat?.type === 'json'
  const wantsTool = options.toolChoice?.type === 'required' || options.toolChoice?.type === 'tool'
  const wantsLogprobs = wishesOf(options).logprobs !== undefined
  return chain.extractive && !wantsJson && !wantsTool && !wantsLogprobs
}
