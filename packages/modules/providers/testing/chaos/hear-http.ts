import type { Heard } from './chaos-lab.ts'
import { dataOf, eventsIn, member } from './dialects.ts'
import type { Mode } from './faults.ts'
import { paths, requestOf, type HttpSurface } from './requests.ts'

/** An answer as its bytes tell it. */
interface Read {
  text: string
  /** Why it ended, in the protocol's own word; null = it did not. */
  finish: string | null
  /** Code of the error that ended it in the middle. */
  error: string | null
  /** The protocol's last event has come. */
  closed: boolean
}

const finishes: Record<HttpSurface, { words: string; tools: string }> = {
  chat: { words: 'stop', tools: 'tool_calls' },
  messages: { words: 'end_turn', tools: 'tool_use' },
  responses: { words: 'completed', tools: 'completed' },
}

/** Calls the gateway over HTTP, in the wire form of a protocol. */
export async function hearHttp(
  served: { url: string; headers: Record<string, string> },
  {
    surface,
    route,
    mode,
    huge,
    signal,
  }: { surface: HttpSurface; route: string; mode: Mode; huge: boolean; signal: AbortSignal },
): Promise<Omit<Heard, 'ms'>> {
  const response = await fetch(served.url + paths[surface], {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...served.headers },
    body: JSON.stringify(requestOf(surface, route, mode, huge)),
    signal,
  })
  const runId = response.headers.get('x-guildhall-run') ?? ''
  const provider = response.headers.get('x-guildhall-provider')
  const body = await response.text()
  const heard = { text: '', provider, runId }
  if (!response.ok) {
    const code = member(JSON.parse(body), 'error', 'code')
    return { ...heard, kind: typeof code === 'string' ? 'refused' : 'indefinite', detail: String(code) }
  }
  const read = mode.endsWith('stream') ? readStream(surface, body) : readWhole(surface, JSON.parse(body))
  const { text, finish, error, closed } = read
  if (error !== null) {
    // Nothing that looks like an end may stand beside the error.
    const kind = error === 'answer_cut' && finish === null && !closed ? 'broken' : 'indefinite'
    return { ...heard, text, kind, detail: error }
  }
  const expected = finishes[surface][mode.startsWith('tools') ? 'tools' : 'words']
  const whole = finish === expected && closed
  return { ...heard, text, kind: whole ? 'whole' : 'indefinite', detail: `it ended with ${String(finish)}` }
}

const textIn = (value: unknown) => (typeof value === 'string' ? value : '')

function readWhole(surface: HttpSurface, answer: unknown): Read {
  const ended = { error: null, closed: true }
  if (surface === 'chat') {
    const message = ['choices', 0, 'message']
    const called = member(answer, ...message, 'tool_calls', 0, 'function', 'arguments')
    const finish = member(answer, 'choices', 0, 'finish_reason')
    return { ...ended, text: textIn(called ?? member(answer, ...message, 'content')), finish: textIn(finish) }
  }
  // Thoughts may stand before the words.
  if (surface === 'messages') {
    const block = ofType(member(answer, 'content'), ['text', 'tool_use'])
    const input = member(block, 'input')
    const text = input === undefined ? textIn(member(block, 'text')) : JSON.stringify(input)
    return { ...ended, text, finish: textIn(member(answer, 'stop_reason')) }
  }
  const item = ofType(member(answer, 'output'), ['message', 'function_call'])
  const said = member(item, 'arguments') ?? member(item, 'content', 0, 'text')
  return { ...ended, text: textIn(said), finish: textIn(member(answer, 'status')) }
}

function ofType(list: unknown, types: readonly unknown[]): unknown {
  return Array.isArray(list) ? list.find((each) => types.includes(member(each, 'type'))) : undefined
}

function readStream(surface: HttpSurface, body: string): Read {
  const read: Read = { text: '', finish: null, error: null, closed: false }
  for (const event of eventsIn(body)) {
    if (event.startsWith('data: [DONE]')) {
      read.closed = true
      continue
    }
    const data = dataOf(event)
    const code = member(data, 'error', 'code')
    if (typeof code === 'string') read.error = code
    if (surface === 'chat') readChunk(read, data)
    else if (surface === 'messages') readMessageEvent(read, data)
    else readResponseEvent(read, data)
  }
  return read
}

function readChunk(read: Read, data: unknown): void {
  const delta = ['choices', 0, 'delta']
  read.text += textIn(member(data, ...delta, 'content'))
  read.text += textIn(member(data, ...delta, 'tool_calls', 0, 'function', 'arguments'))
  const finish = member(data, 'choices', 0, 'finish_reason')
  if (typeof finish === 'string') read.finish = finish
}

function readMessageEvent(read: Read, data: unknown): void {
  read.text += textIn(member(data, 'delta', 'text')) + textIn(member(data, 'delta', 'partial_json'))
  const finish = member(data, 'delta', 'stop_reason')
  if (typeof finish === 'string') read.finish = finish
  if (member(data, 'type') === 'message_stop') read.closed = true
}

function readResponseEvent(read: Read, data: unknown): void {
  const type = member(data, 'type')
  if (type === 'response.output_text.delta' || type === 'response.function_call_arguments.delta')
    read.text += textIn(member(data, 'delta'))
  if (type !== 'response.completed' && type !== 'response.incomplete') return
  read.finish = textIn(member(data, 'response', 'status'))
  read.closed = true
}
