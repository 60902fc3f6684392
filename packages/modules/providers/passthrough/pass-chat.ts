import type { LanguageModelV4CallOptions } from '@ai-sdk/provider'
import { asProblem, type Context, type RawExchange } from '@guildhall/kernel'
import type { RunHandle } from '@guildhall/modules/runs'
import type { CacheLookup } from '../cache/call-cache.ts'
import { mayBeKept, partsOfPayload, partsPayload, type AnswerParts } from '../cache/parts.ts'
import type { GatewayState } from '../gateway-state.ts'
import type { Answered } from '../gateway.ts'
import { embedQuestion, lookUpCall } from '../look-up-call.ts'
import { startModelCall, type LastResort, type ModelCall, type ModelCallOptions } from '../model-call.ts'
import { callOptionsOf, ChatRequest } from '../openai/chat-request.ts'
import { errorObject } from '../openai/problem.ts'
import { chatCompletions } from '../openai/render-completion.ts'
import { brokenOff, refused } from '../problems.ts'
import { messageText } from '../prompt-text.ts'
import type { Chain } from '../routes/chain.ts'
import { resolveChain, type Known } from '../routes/resolve-chain.ts'
import { answerHeaders, servedModel } from '../surface/answer-headers.ts'
import { cacheControlOf } from '../surface/cache-control.ts'
import { seconds } from '../surface/dialect.ts'
import { eventStreamHeaders, frame } from '../surface/event-stream.ts'
import { eventsOfResult } from '../surface/events.ts'
import { noUsage } from '../usage.ts'
import { AttemptTimeout } from '../walk/classify-failure.ts'
import { tellFailure } from '../walk/tell-failure.ts'
import { walkCall } from '../walk/walk-call.ts'
import { RequestRefused, type Walked } from '../walk/walk-targets.ts'
import { askChat, type WholeChat } from './ask-chat.ts'
import { chatAddress } from './chat-address.ts'
import type { ChatStream } from './chat-stream.ts'
import { asksForUsage, spliceRequest } from './splice-request.ts'

type Passed = WholeChat | ChatStream

/** One request on its way. */
interface Passing extends ModelCallOptions {
  exchange: RawExchange
  body: ChatRequest
  asked: LanguageModelV4CallOptions
  run: RunHandle
}

/**
 * Chat completions whose targets speak the same dialect: the caller's bytes go to the provider and the provider's to the
 * caller, with only the model's name replaced and the usage read. Limits, cache, fallback and journal are those of any call.
 * @returns false when somebody in the chain speaks another dialect, or the request is not for a model
 */
export async function passChat(state: GatewayState, exchange: RawExchange, ctx: Context): Promise<boolean> {
  const body = readBody(exchange.body)
  if (!body || body.model.startsWith('agent:') || exchange.headers.get('x-guildhall-restart') === 'allow') return false
  const known: Known = { ...(await state.providers.of(ctx)), fetch: state.fetch }
  const { projectId } = await ctx.services.limits.attribution(ctx, { projectId: null, agentId: null })
  const about = { hasPassages: false, projectId, seed: ctx.requestId }
  const chain = passableChain(body.model, known, about)
  if (!chain) return false

  const asked = { ...callOptionsOf(body), abortSignal: ctx.signal }
  const question = asked.prompt.findLast((message) => message.role === 'user')
  const run = await ctx.services.runs.start(ctx, {
    kind: 'completion',
    title: question ? messageText(question) : 'Completion',
    input: body,
    ...(projectId === null ? {} : { projectId }),
    deferred: true,
  })
  const passing: Passing = {
    ctx,
    state,
    chain,
    exchange,
    body,
    asked,
    run,
    request: { model: body.model, run, step: 'completion', cacheControl: cacheControlOf(exchange.headers) },
    // Before anything is sent or written: who is asked instead may need a translation.
    resolve(name) {
      const instead = passableChain(name, known, about)
      if (!instead) throw new NotPassable()
      return instead
    },
    embed: embedQuestion({ ctx, state, run }, known.connections),
  }
  try {
    await answer(passing, await startModelCall(passing, asked))
  } catch (error) {
    // Nothing of the run is in the journal yet, and the admission was given back.
    if (error instanceof NotPassable) return false
    await endFailed(passing, error)
    if (exchange.response.headersSent) throw error
    const problem = asProblem(error)
    problem.headers['x-guildhall-run'] ??= run.id
    throw problem
  }
  return true
}

/** A spent budget names somebody who speaks another dialect. */
class NotPassable extends Error {}

function readBody(bytes: Buffer): ChatRequest | null {
  try {
    const parsed = ChatRequest.safeParse(JSON.parse(bytes.toString('utf8')))
    // What is wrong with it is said by the one who reads it next.
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}

function passableChain(
  name: string,
  known: Known,
  about: Omit<Parameters<typeof resolveChain>[0], 'name'>,
): Chain | null {
  try {
    const chain = resolveChain({ name, ...about }, known)
    const all = chain.targets.length > 0 && chain.targets.every(({ connection }) => chatAddress(connection) !== null)
    return all ? chain : null
  } catch {
    return null
  }
}

async function answer(passing: Passing, call: ModelCall): Promise<void> {
  const { asked } = passing
  let kept: CacheLookup | null = null
  try {
    kept = await lookUpCall(passing, call, asked.abortSignal)
    if (kept?.state === 'hit') {
      const parts = partsOfPayload(kept.answer.payload)
      return await render(passing, parts, await call.hit(kept.answer, parts.content))
    }
    const walked = await walk(passing, call)
    if (!walked) {
      kept?.leave('failed')
      const found = await call.lastResort()
      return await render(passing, partsOfLastResort(found), found.answered)
    }
    const { value } = walked
    const end =
      value.kind === 'whole'
        ? await giveWhole(passing, call, { ...walked, value })
        : await giveStream(passing, call, { ...walked, value })
    if (kept && end && mayBeKept(end.parts))
      kept.keep({
        payload: partsPayload(end.parts),
        provider: end.answered.provider,
        model: end.answered.model,
        costMicros: end.answered.costMicros ?? null,
      })
    else kept?.leave(end ? 'not-kept' : 'failed')
  } catch (error) {
    if (kept?.state === 'miss') kept.leave(asked.abortSignal?.aborted ? 'left' : 'failed')
    const told = error instanceof RequestRefused ? refused(error) : error
    await call.abandon(told)
    throw told
  }
}

function walk({ state, body, exchange, asked }: Passing, call: ModelCall): Promise<Walked<Passed> | null> {
  const { rules } = call
  const stream = body.stream === true
  return walkCall<Passed>({
    state,
    call,
    asked,
    stream,
    signal: asked.abortSignal,
    takesBytes: ({ connection }) => chatAddress(connection) !== null,
    async ask({ connection, model }, signal) {
      const address = chatAddress(connection)
      if (!address) throw new Error(`${connection.slug} speaks another dialect`)
      return askChat({
        address,
        allowed: state.allowedHosts,
        body: spliceRequest(exchange.body, body, model),
        stream,
        hideUsage: !asksForUsage(body),
        signal,
        ...(rules.connectMs === null ? {} : { connectMs: rules.connectMs }),
      })
    },
  })
}

interface Given {
  parts: AnswerParts
  answered: Answered
}

async function giveWhole({ run, exchange }: Passing, call: ModelCall, walked: Walked<WholeChat>): Promise<Given> {
  const { bytes, outcome } = walked.value
  const { content, usage, finish } = outcome
  const finishReason = finish ?? { unified: 'other', raw: undefined }
  call.commit(walked)
  const answered = await call.settle(walked, {
    outcome: 'ok',
    usage,
    content,
    complete: finishReason.unified === 'stop',
  })
  const totals = await run.end('ok', { output: content })
  exchange.start(200, {
    'content-type': 'application/json',
    'content-length': String(bytes.byteLength),
    ...answerHeaders(run.id, answered, totals),
  })
  exchange.response.end(bytes)
  return { parts: { content, finishReason }, answered }
}

/** @returns null when it broke off, which the reader has been told in the stream */
async function giveStream(passing: Passing, call: ModelCall, walked: Walked<ChatStream>): Promise<Given | null> {
  const { run, exchange, state, asked } = passing
  const { response } = exchange
  const { value, target, controller } = walked
  const committed = call.commit(walked)
  run.begun?.({
    provider: committed.provider,
    model: committed.model,
    outcome: 'interrupted',
    startedAt: walked.startedAt,
    ms: value.firstTokenMs,
    firstTokenMs: value.firstTokenMs,
    tokens: { input: call.words().inputTokens(), output: 0, cached: 0, estimated: true },
    costMicros: null,
    route: committed.route ?? null,
  })
  exchange.start(200, { ...eventStreamHeaders, ...answerHeaders(run.id, committed) })
  const { firstTokenMs } = value
  const { idleMs } = call.rules
  try {
    const { content, usage, finish } = await value.relay({
      write: (bytes) => response.write(bytes),
      drained: () => new Promise((resolve) => response.once('drain', resolve).once('close', resolve)),
      idleMs,
      onIdle: () => controller.abort(new AttemptTimeout(idleMs, 'further token')),
    })
    const finishReason = finish ?? { unified: 'other', raw: undefined }
    const complete = finishReason.unified === 'stop'
    const answered = await call.settle(walked, { outcome: 'ok', usage, content, complete, firstTokenMs })
    await run.end('ok', { output: content })
    response.end('data: [DONE]\n\n')
    return { parts: { content, finishReason }, answered }
  } catch (error) {
    const cause = controller.signal.reason instanceof AttemptTimeout ? controller.signal.reason : error
    if (!controller.signal.aborted) controller.abort(error)
    const { content, usage } = value.soFar()
    if (asked.abortSignal?.aborted) {
      await call.settle(walked, {
        outcome: 'cancelled',
        usage,
        content,
        complete: false,
        firstTokenMs,
        reason: 'cancelled',
      })
      throw asked.abortSignal.reason
    }
    const failure = tellFailure(cause, target.connection)
    const reason = failure.reason === 'refused' ? 'cut' : failure.reason
    state.health.failed(target.connection, reason, failure.message)
    state.cooldowns.failed(target, { ...failure, reason }, { admitted: true, probes: [] })
    call.broken(walked, { usage, content, firstTokenMs, reason, error: failure.message })
    const problem = brokenOff({ provider: target.connection.slug, model: target.model }, reason, failure.message)
    await call.abandon(problem)
    await endFailed(passing, problem)
    response.end(frame(JSON.stringify({ error: errorObject(problem) })))
    return null
  }
}

async function endFailed({ run, asked }: Passing, error: unknown): Promise<void> {
  await run.end(asked.abortSignal?.aborted ? 'cancelled' : 'failed', {
    error: error instanceof Error ? error.message : String(error),
  })
}

/** Writes an answer that no provider has just given, as one would. */
async function render({ body, exchange, run }: Passing, parts: AnswerParts, answered: Answered): Promise<void> {
  const dialect = chatCompletions({ includeUsage: asksForUsage(body) })
  const head = { runId: run.id, created: seconds(), model: servedModel(answered) }
  const events = eventsOfResult({ ...parts, usage: noUsage, warnings: [] })
  const totals = await run.end('ok', { output: parts.content })
  const { costMicros, costComplete } = totals
  const { limits: _limits, ...shown } = answered
  const guildhall = { run: run.id, ...shown, costMicros, costComplete }
  if (body.stream !== true) {
    const bytes = Buffer.from(JSON.stringify({ ...(await dialect.whole(events, () => head)).body, guildhall }))
    exchange.start(200, {
      'content-type': 'application/json',
      'content-length': String(bytes.byteLength),
      ...answerHeaders(run.id, answered, totals),
    })
    exchange.response.end(bytes)
    return
  }
  exchange.start(200, { ...eventStreamHeaders, ...answerHeaders(run.id, answered) })
  const telling = { further: () => Promise.resolve(guildhall), failed: () => Promise.resolve() }
  for await (const text of dialect.frames(asynchronous(events), head, telling)) exchange.response.write(text)
  exchange.response.end()
}

async function* asynchronous<T>(values: Iterable<T>): AsyncGenerator<T, void> {
  yield* values
}

function partsOfLastResort(found: LastResort): AnswerParts {
  const text = found.source === 'cached' ? found.text : found.text.pieces.join('')
  return { content: [{ type: 'text', text }], finishReason: { unified: 'stop', raw: 'stop' } }
}
