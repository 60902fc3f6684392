import { z } from 'zod'

export const dialects = ['openai', 'anthropic', 'google'] as const
export type Dialect = (typeof dialects)[number]

/** How calls reach the gateway: inside of its process, or over HTTP in one of its protocols. */
export const surfaces = ['inside', 'chat', 'messages', 'responses'] as const
export type Surface = (typeof surfaces)[number]

/** What is spoken with a provider: its dialect, or chat completions, which OpenAI speaks as well. */
export type Wire = Dialect | 'chat'

/** Where caller and provider speak the same, the provider is asked in it. */
export function wireOf(surface: Surface, dialect: Dialect): Wire {
  return surface === 'chat' && dialect === 'openai' ? 'chat' : dialect
}

/** Whether a provider's own bytes reach the caller. */
export function passes(surface: Surface, dialect: Dialect): boolean {
  if (surface === 'messages') return dialect === 'anthropic'
  return surface !== 'inside' && dialect === 'openai'
}

/** What a provider says that an answer has used. */
export interface ToldUsage {
  input: number
  output: number
}

/** What the mock providers say of each whole answer. */
export const toldUsage: ToldUsage = { input: 50, output: 7 }

/** USD per million tokens of the models that are asked (pydantic/genai-prices 0.1.8); written here, not computed. */
export const models: Record<Dialect, { model: string; inputPrice: number; outputPrice: number }> = {
  openai: { model: 'gpt-5.1', inputPrice: 1.25, outputPrice: 10 },
  anthropic: { model: 'claude-sonnet-4-6', inputPrice: 3, outputPrice: 15 },
  google: { model: 'gemini-2.5-flash', inputPrice: 0.3, outputPrice: 2.5 },
}

const Json = z.record(z.string(), z.unknown())
type Json = z.output<typeof Json>

/** Server-sent events of a body, each with the empty line that ends it. */
export function eventsIn(body: string): string[] {
  return body
    .split('\n\n')
    .filter((event) => event.trim() !== '')
    .map((event) => `${event}\n\n`)
}

/** The mark that closes a stream of chat completions. */
const isDone = (event: string) => event.startsWith('data: [DONE]')

export function dataOf(event: string): Json | null {
  const line = event.split('\n').find((each) => each.startsWith('data: '))
  if (!line || isDone(event)) return null
  const parsed = Json.safeParse(JSON.parse(line.slice(6)))
  return parsed.success ? parsed.data : null
}

export function withData(event: string, data: unknown): string {
  return event
    .split('\n')
    .map((line) => (line.startsWith('data: ') ? `data: ${JSON.stringify(data)}` : line))
    .join('\n')
}

/** What stands at a path of a value, undefined where there is nothing. */
export const member = (value: unknown, ...path: (string | number)[]): unknown =>
  path.reduce<unknown>((at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined), value)

/** Whether an event carries a piece of the answer. */
export function isToken(wire: Wire, event: string): boolean {
  const data = dataOf(event)
  if (wire === 'chat') {
    const delta = ['choices', 0, 'delta']
    const words = member(data, ...delta, 'content')
    return Boolean(words) || Boolean(member(data, ...delta, 'tool_calls', 0, 'function', 'arguments'))
  }
  if (wire === 'openai') return String(data?.['type']).endsWith('.delta')
  if (wire === 'anthropic') return data?.['type'] === 'content_block_delta'
  return Array.isArray(member(data, 'candidates', 0, 'content', 'parts'))
}

/** Whether an event says that the answer is at its end, or comes after that. */
export function isFinish(wire: Wire, event: string): boolean {
  const data = dataOf(event)
  if (wire === 'chat')
    return isDone(event) || Boolean(data?.['usage']) || Boolean(member(data, 'choices', 0, 'finish_reason'))
  if (wire === 'openai') return data?.['type'] === 'response.completed'
  if (wire === 'anthropic') return data?.['type'] === 'message_delta' || data?.['type'] === 'message_stop'
  return member(data, 'candidates', 0, 'finishReason') !== undefined
}

/** Whether an event tells of a tool call's end, with its arguments. */
export function isToolEnd(wire: Wire, event: string): boolean {
  const type = String(dataOf(event)?.['type'])
  return wire === 'openai' && (type.endsWith('arguments.done') || type === 'response.output_item.done')
}

/** Takes the finish reason out of an event or a whole answer. */
export function withoutFinish(wire: Wire, data: Json): Json {
  if (wire === 'anthropic') return { ...data, stop_reason: null }
  if (wire === 'chat') {
    const [choice] = z.array(Json).parse(data['choices'])
    return { ...data, choices: [{ ...choice, finish_reason: null }] }
  }
  const [candidate] = z.array(Json).parse(data['candidates'])
  const { finishReason: _finish, ...rest } = candidate ?? {}
  return { ...data, candidates: [rest] }
}

/** Changes the usage wherever an event or an answer has one. */
export function changeUsage(data: Json, change: (usage: Json) => Json | undefined): Json {
  const changed: Json = {}
  for (const [key, value] of Object.entries(data)) {
    const inside = Json.safeParse(value)
    if (key === 'usage' || key === 'usageMetadata') {
      const usage = change(inside.success ? inside.data : {})
      if (usage !== undefined) changed[key] = usage
    } else
      changed[key] =
        inside.success && (key === 'response' || key === 'message') ? changeUsage(inside.data, change) : value
  }
  return changed
}

/** An answer that was withheld: nothing said, and why. */
export function withheld(wire: Wire, stream: boolean): { body: string; usage: ToldUsage } {
  const usage = { input: toldUsage.input, output: 0 }
  const { model } = models[wire === 'chat' ? 'openai' : wire]
  const told = { input_tokens: usage.input, output_tokens: 0 }
  if (wire === 'chat') {
    const counted = { prompt_tokens: usage.input, completion_tokens: 0, total_tokens: usage.input }
    const head = { id: 'chatcmpl-1', created: 1, model }
    const choice = { index: 0, finish_reason: 'content_filter' }
    const chunk = (members: Json) =>
      `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', ...members })}\n\n`
    return {
      usage,
      body: stream
        ? `${chunk({ choices: [{ ...choice, delta: {} }] })}${chunk({ choices: [], usage: counted })}data: [DONE]\n\n`
        : JSON.stringify({
            ...head,
            object: 'chat.completion',
            choices: [{ ...choice, message: { role: 'assistant', content: null } }],
            usage: counted,
          }),
    }
  }
  if (wire === 'openai') {
    const response = {
      id: 'resp-1',
      object: 'response',
      created_at: 1,
      model,
      status: 'incomplete',
      incomplete_details: { reason: 'content_filter' },
      output: [],
      usage: { ...told, total_tokens: usage.input },
    }
    const created = { ...response, status: 'in_progress', incomplete_details: null, usage: null }
    return {
      usage,
      body: stream
        ? event('response.created', { response: created }) + event('response.incomplete', { response })
        : JSON.stringify(response),
    }
  }
  if (wire === 'anthropic') {
    const message = {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      content: [],
      model,
      stop_sequence: null,
      usage: told,
    }
    return {
      usage,
      body: stream
        ? event('message_start', { message: { ...message, stop_reason: null } }) +
          event('message_delta', {
            delta: { stop_reason: 'refusal', stop_sequence: null },
            usage: { output_tokens: 0 },
          }) +
          event('message_stop', {})
        : JSON.stringify({ ...message, stop_reason: 'refusal' }),
    }
  }
  const answer = {
    candidates: [{ finishReason: 'SAFETY', index: 0 }],
    usageMetadata: { promptTokenCount: usage.input, candidatesTokenCount: 0, totalTokenCount: usage.input },
  }
  return { usage, body: stream ? `data: ${JSON.stringify(answer)}\n\n` : JSON.stringify(answer) }
}

const event = (type: string, data: Json) => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`
