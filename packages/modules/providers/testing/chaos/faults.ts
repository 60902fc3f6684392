import type { ServerResponse } from 'node:http'
import {
  changeUsage,
  dataOf,
  eventsIn,
  isFinish,
  isToken,
  isToolEnd,
  toldUsage,
  withData,
  withheld,
  withoutFinish,
  type ToldUsage,
  type Wire,
} from './dialects.ts'

export const modes = ['plain', 'stream', 'tools', 'tools stream', 'schema', 'schema stream'] as const
export type Mode = (typeof modes)[number]

/** Who answers, or that the answer breaks off and says so. */
export type Outcome = 'primary' | 'spare' | 'error'

/** A provider's answer on its way to the gateway. */
interface Answer {
  response: ServerResponse
  wire: Wire
  /** Its bytes reach the caller. */
  passes: boolean
  stream: boolean
  tools: boolean
  contentType: string
  body: string
}

export interface Fault {
  name: string
  /** How many requests in a row it spoils; default all. */
  times?: number
  /** Where it can be played at all; default everywhere. */
  plays?: (mode: Mode, wire: Wire) => boolean
  /** The stated outcome. */
  outcome: (mode: Mode, wire: Wire) => Outcome
  /** The mock answers with a long text. */
  huge?: true
  /** In place of the mock's address; such a fault reaches no server. */
  address?: (host: string) => string
  /** @returns what the gateway was told that it has used; null = nothing, or nothing that can be */
  play?: (answer: Answer) => Promise<ToldUsage | null> | ToldUsage | null
}

const isStream = (mode: Mode) => mode.endsWith('stream')
const isTools = (mode: Mode) => mode.startsWith('tools')
/** Gemini sends a tool call whole, with its finish reason, in one event. */
const inOnePiece = (mode: Mode, wire: Wire) => wire === 'google' && mode === 'tools stream'
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const spare = () => 'spare' as const
const primary = () => 'primary' as const

/** How long slow headers take; the gateway of the bench waits less. */
const slowHeadersMs = 2_500

const status = (code: number, headers: Record<string, string> = {}): Pick<Fault, 'play'> => ({
  play({ response }) {
    response
      .writeHead(code, { 'content-type': 'application/json', ...headers })
      .end(JSON.stringify({ error: { message: `status ${code}`, type: 'fault', code: null } }))
    return null
  },
})

/** Sends the pieces, then ends in peace or tears the connection. */
async function send(answer: Answer, pieces: readonly string[], end: 'end' | 'cut', pauseMs = 0): Promise<void> {
  const { response } = answer
  response.writeHead(200, { 'content-type': answer.contentType })
  response.flushHeaders()
  for (const piece of pieces) {
    response.write(piece)
    if (pauseMs > 0) await pause(pauseMs)
  }
  if (end === 'end') response.end()
  else {
    await pause(15)
    response.destroy()
  }
}

function cutAt(tokens: number, share: number): Pick<Fault, 'play'> {
  return {
    async play(answer) {
      const { stream, wire, body } = answer
      if (!stream) {
        await send(answer, [body.slice(0, Math.floor(body.length * share))], 'cut')
        return null
      }
      const events = eventsIn(body)
      const sent: string[] = []
      let seen = 0
      for (const event of events) {
        if (isToken(wire, event) && ++seen > tokens) break
        sent.push(event)
      }
      await send(answer, sent, 'cut')
      return null
    },
  }
}

/** After the first token the answer cannot be taken back. */
const afterToken = (mode: Mode): Outcome => (isStream(mode) ? 'error' : 'spare')

/** Rewrites each event, or the whole answer. */
const rewrite = (
  { stream, body }: Answer,
  change: (data: Record<string, unknown>) => Record<string, unknown>,
): string[] => {
  if (!stream) return [JSON.stringify(change(JSON.parse(body) as Record<string, unknown>))]
  return eventsIn(body).map((event) => {
    const data = dataOf(event)
    return data ? withData(event, change(data)) : event
  })
}

/** Counts that cannot be. */
const absurd = (usage: Record<string, unknown>) =>
  Object.fromEntries(Object.keys(usage).map((key, index) => [key, index === 0 ? 9_000_000_000_000 : -7]))

export const faults: readonly Fault[] = [
  {
    name: 'none',
    outcome: primary,
    async play(answer) {
      await send(answer, [answer.body], 'end')
      return toldUsage
    },
  },
  { name: '429 with Retry-After', times: 1, outcome: primary, ...status(429, { 'retry-after': '1' }) },
  { name: '429 with a long Retry-After', outcome: spare, ...status(429, { 'retry-after': '60' }) },
  { name: '429 without Retry-After', times: 1, outcome: primary, ...status(429) },
  { name: '429 for ever', outcome: spare, ...status(429) },
  { name: '500', outcome: spare, ...status(500) },
  { name: '502', outcome: spare, ...status(502) },
  { name: '503', outcome: spare, ...status(503) },
  { name: '503 once', times: 1, outcome: primary, ...status(503) },
  { name: '529', outcome: spare, ...status(529) },
  // A port that nobody listens on; not one of those that fetch itself refuses.
  { name: 'refused', outcome: spare, address: () => 'http://127.0.0.1:61999' },
  {
    name: 'reset',
    outcome: spare,
    play({ response }) {
      response.socket?.resetAndDestroy()
      return null
    },
  },
  { name: 'TLS failure', outcome: spare, address: (host) => `https://${host}` },
  {
    name: 'slow headers',
    outcome: spare,
    async play(answer) {
      await pause(slowHeadersMs)
      if (!answer.response.destroyed) await send(answer, [answer.body], 'end')
      return null
    },
  },
  {
    name: 'slow drip',
    outcome: primary,
    async play(answer) {
      const { stream, body } = answer
      const pieces = stream ? eventsIn(body) : (body.match(/[\s\S]{1,64}/g) ?? [])
      await send(answer, pieces, 'end', 20)
      return toldUsage
    },
  },
  { name: 'cut at token 0', outcome: spare, ...cutAt(0, 0) },
  {
    name: 'cut at token 1',
    plays: (mode, wire) => !inOnePiece(mode, wire),
    outcome: afterToken,
    ...cutAt(1, 0.3),
  },
  {
    name: 'cut at token 3',
    plays: (mode, wire) => !inOnePiece(mode, wire),
    outcome: afterToken,
    ...cutAt(3, 0.8),
  },
  {
    name: 'clean end without finish',
    // An answer of the Responses API that is not streamed has no finish reason that could be missing.
    plays: (mode, wire) => isStream(mode) || wire !== 'openai',
    outcome: afterToken,
    async play(answer) {
      const { stream, wire, body } = answer
      if (!stream) {
        await send(
          answer,
          rewrite(answer, (data) => withoutFinish(wire, data)),
          'end',
        )
        return toldUsage
      }
      const events = eventsIn(body).flatMap((event) => {
        if (!isFinish(wire, event)) return [event]
        const data = dataOf(event)
        if (wire !== 'google' || !data) return []
        const { usageMetadata: _usage, ...rest } = withoutFinish(wire, data)
        return [withData(event, rest)]
      })
      await send(answer, events, 'end')
      return null
    },
  },
  {
    name: 'malformed SSE',
    plays: isStream,
    outcome: spare,
    async play(answer) {
      await send(answer, ['event: message\ndata: {"oops\n\n', answer.body], 'end')
      return null
    },
  },
  {
    name: 'malformed JSON',
    plays: (mode, wire) => !inOnePiece(mode, wire),
    outcome: afterToken,
    async play(answer) {
      const { stream, wire, body } = answer
      if (!stream) {
        await send(answer, [body.slice(0, -20)], 'end')
        return null
      }
      const events = eventsIn(body)
      const at = events.findIndex((event) => isToken(wire, event))
      await send(answer, [...events.slice(0, at + 1), 'data: {"type": \n\n', ...events.slice(at + 1)], 'end')
      return null
    },
  },
  {
    name: 'wrong content type',
    outcome: spare,
    play({ response }) {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>We are busy.</body></html>')
      return null
    },
  },
  {
    name: 'tool call cut in half',
    plays: (mode) => isTools(mode),
    // Gemini's is not readable at all when half of it is missing, so nothing has been given away.
    outcome: (mode, wire) => (isStream(mode) && wire !== 'google' ? 'error' : 'spare'),
    async play(answer) {
      const { stream, wire, body } = answer
      if (!stream) {
        if (wire !== 'openai' && wire !== 'chat') {
          await send(answer, [body.slice(0, body.indexOf('query') + 12)], 'end')
          return null
        }
        await send(answer, [body.replace(/("arguments":"(?:[^"\\]|\\.){12})(?:[^"\\]|\\.)*"/, '$1"')], 'end')
        return toldUsage
      }
      if (wire === 'google') {
        await send(answer, [body.slice(0, body.indexOf('query') + 12), '\n\n'], 'end')
        return null
      }
      const events = eventsIn(body)
      const first = events.findIndex((event) => isToken(wire, event))
      const rest = events.slice(first + 1).filter((event) => !isToken(wire, event) && !isToolEnd(wire, event))
      await send(answer, [...events.slice(0, first + 1), ...rest], 'end')
      // The usage comes after the half of a call, which ends the reading: but not where it stands in the same event as
      // the end, and calls are read together with their end.
      return wire === 'openai' || (wire === 'anthropic' && answer.passes) ? toldUsage : null
    },
  },
  {
    name: 'usage missing',
    outcome: primary,
    async play(answer) {
      const without = (usage: Record<string, unknown>) =>
        answer.wire === 'anthropic' ? { ...usage, input_tokens: 0, output_tokens: 0 } : undefined
      await send(
        answer,
        rewrite(answer, (data) => changeUsage(data, without)),
        'end',
      )
      return null
    },
  },
  {
    name: 'usage absurd',
    outcome: primary,
    async play(answer) {
      await send(
        answer,
        rewrite(answer, (data) => changeUsage(data, absurd)),
        'end',
      )
      return null
    },
  },
  {
    name: 'content filter',
    outcome: spare,
    async play(answer) {
      const { body, usage } = withheld(answer.wire, answer.stream)
      await send({ ...answer }, [body], 'end')
      return usage
    },
  },
  {
    name: 'huge chunk',
    huge: true,
    outcome: primary,
    async play(answer) {
      await send(answer, [answer.body], 'end')
      return toldUsage
    },
  },
]
