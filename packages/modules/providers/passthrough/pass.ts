import { asProblem, type Context, type RawExchange } from '@guildhall/kernel'
import { keptWouldDo } from '../adapters/wishes.ts'
import { generateByModel, streamByModel } from '../ask-model.ts'
import type { CacheLookup } from '../cache/call-cache.ts'
import { mayBeKept, partsOfPayload, partsPayload, type AnswerParts } from '../cache/parts.ts'
import type { Connection, Target } from '../connection.ts'
import type { GatewayState } from '../gateway-state.ts'
import { holdsAddresses, inlineFiles } from '../inline-files.ts'
import { kinds } from '../kinds.ts'
import { embedQuestion, lookUpCall } from '../look-up-call.ts'
import { startModelCall, type LastResort, type ModelCall } from '../model-call.ts'
import { refused } from '../problems.ts'
import { messageText } from '../prompt-text.ts'
import type { Chain } from '../routes/chain.ts'
import { resolveChain, type Known } from '../routes/resolve-chain.ts'
import { cacheControlOf } from '../surface/cache-control.ts'
import { walkCall } from '../walk/walk-call.ts'
import { RequestRefused, type Walked } from '../walk/walk-targets.ts'
import { askBytes } from './ask-bytes.ts'
import { giveByteStream, giveWholeBytes } from './give-bytes.ts'
import { givePartStream, giveParts } from './give-parts.ts'
import type { Passed } from './passed.ts'
import { endFailed, type Given, type Passing } from './passing.ts'
import type { PassRequest, ReadRequest } from './wire.ts'

/**
 * A request some of whose targets speak the caller's protocol: the caller's bytes go to them and theirs to the caller, with
 * only the model's name replaced and the usage read; to the others it is translated. Limits, cache, fallback and journal
 * are those of any call.
 * @returns false when nobody in the chain speaks this protocol, or the request is not for a model
 */
export async function pass(
  state: GatewayState,
  read: ReadRequest,
  exchange: RawExchange,
  ctx: Context,
): Promise<boolean> {
  if (exchange.headers.get('x-guildhall-restart') === 'allow') return false
  const given = readOrNull(read, exchange)
  const asks = given && keptOut(given)
  if (!asks || asks.model.startsWith('agent:')) return false
  const known: Known = { ...(await state.providers.of(ctx)), fetch: state.fetch }
  const { projectId } = await ctx.services.limits.attribution(ctx, { projectId: null, agentId: null })
  const about = { hasPassages: false, projectId, seed: ctx.requestId }
  const chain = passableChain(asks, known, about)
  if (!chain) return false

  const asked = { ...asks.options, abortSignal: ctx.signal }
  const question = asked.prompt.findLast((message) => message.role === 'user')
  const run = await ctx.services.runs.start(ctx, {
    kind: 'completion',
    title: question ? messageText(question) : 'Completion',
    input: asks.input,
    ...(projectId === null ? {} : { projectId }),
    deferred: true,
  })
  const passing: Passing = {
    ctx,
    state,
    chain,
    exchange,
    asks,
    asked,
    run,
    request: { model: asks.model, run, step: 'completion', cacheControl: cacheControlOf(exchange.headers) },
    resolve: (name) => resolveChain({ name, ...about }, known),
    embed: embedQuestion({ ctx, state, run }, known.connections),
    useCache: keptWouldDo(asked),
  }
  try {
    await answer(passing, await startModelCall(passing, asked))
  } catch (error) {
    await endFailed(passing, error)
    if (exchange.response.headersSent) throw error
    const problem = asProblem(error)
    problem.headers['x-guildhall-run'] ??= run.id
    throw problem
  }
  return true
}

/** What is wrong with a request is said by the one who reads it next. */
function readOrNull(read: ReadRequest, exchange: RawExchange): PassRequest | null {
  try {
    return read(exchange)
  } catch {
    return null
  }
}

/**
 * Files by address go as they are to a provider's public address alone. A server in a network of one's own would fetch
 * what its caller may not see: for it they are fetched here, within the rules.
 */
function keptOut(asks: PassRequest): PassRequest {
  if (!holdsAddresses(asks.options.prompt)) return asks
  const isPublic = ({ kind, baseUrl }: Connection) => !kinds[kind].ownServer && baseUrl === kinds[kind].baseUrl
  return { ...asks, address: (connection) => (isPublic(connection) ? asks.address(connection) : null) }
}

function passableChain(
  asks: PassRequest,
  known: Known,
  about: Omit<Parameters<typeof resolveChain>[0], 'name'>,
): Chain | null {
  try {
    const chain = resolveChain({ name: asks.model, ...about }, known)
    return chain.targets.some(({ connection }) => asks.address(connection) !== null) ? chain : null
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
      return await giveParts(passing, parts, await call.hit(kept.answer, parts.content))
    }
    const walked = await walk(passing, call)
    if (!walked) {
      kept?.leave('failed')
      const found = await call.lastResort()
      return await giveParts(passing, partsOfLastResort(found), found.answered)
    }
    const end = await give(passing, call, walked)
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

async function walk({ state, asks, asked }: Passing, call: ModelCall): Promise<Walked<Passed> | null> {
  const { rules, chain } = call
  const { stream, headers } = asks
  const addressOf = ({ connection }: Target) => asks.address(connection)
  const { responseFormat, abortSignal } = asked
  const translates = chain.targets.some((target) => addressOf(target) === null)
  const prompt = translates ? await inlineFiles(asked.prompt, state.allowedHosts, abortSignal) : asked.prompt
  return walkCall<Passed>({
    state,
    call,
    asked,
    stream,
    signal: abortSignal,
    takesBytes: (target) => addressOf(target) !== null,
    async ask(target, signal) {
      const address = addressOf(target)
      if (address)
        return askBytes({
          address,
          headers,
          allowed: state.allowedHosts,
          body: asks.bytes(target.model),
          stream,
          reader: asks.reader(),
          responseFormat,
          signal,
          ...(rules.connectMs === null ? {} : { connectMs: rules.connectMs }),
        })
      const translated = { ...asked, prompt, abortSignal: signal }
      return stream
        ? { kind: 'part-stream', opened: await streamByModel(target, translated) }
        : { kind: 'whole-parts', result: await generateByModel(target, translated) }
    },
  })
}

/** @returns null when it broke off, which the reader has been told in the stream */
async function give(passing: Passing, call: ModelCall, walked: Walked<Passed>): Promise<Given | null> {
  const { value } = walked
  switch (value.kind) {
    case 'whole-bytes':
      return giveWholeBytes(passing, call, { ...walked, value })
    case 'byte-stream':
      return giveByteStream(passing, call, { ...walked, value })
    case 'part-stream':
      return givePartStream(passing, call, { ...walked, value: value.opened })
    case 'whole-parts': {
      const { content, finishReason, usage } = value.result
      call.commit(walked)
      const complete = finishReason.unified === 'stop'
      const answered = await call.settle(walked, { outcome: 'ok', usage, content, complete })
      await giveParts(passing, value.result, answered)
      return { parts: { content, finishReason }, answered }
    }
  }
}

function partsOfLastResort(found: LastResort): AnswerParts {
  const text = found.source === 'cached' ? found.text : found.text.pieces.join('')
  return { content: [{ type: 'text', text }], finishReason: { unified: 'stop', raw: 'stop' } }
}
