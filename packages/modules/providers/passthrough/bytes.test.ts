import { Readable } from 'node:stream'
import { Problem } from '@guildhall/kernel'
import fc from 'fast-check'
import { describe, expect, it, test, vi } from 'vitest'
import { ContentWithheld, StreamCut } from '../walk/classify-failure.ts'
import { openByteStream } from './byte-stream.ts'
import { readChatRequest } from './chat-wire.ts'
import { cutEvents } from './event-bytes.ts'
import { readMessagesRequest } from './messages-wire.ts'
import { readChatAnswer } from './read-chat-answer.ts'
import { readMessage } from './read-message.ts'
import { readResponse } from './read-response.ts'
import { readResponsesRequest } from './responses-wire.ts'
import { memberRange, spliceRequest } from './splice-request.ts'
import type { AnswerReader, ReadRequest } from './wire.ts'

const spliced = (text: string, model: string): unknown =>
  JSON.parse(spliceRequest(Buffer.from(text), JSON.parse(text), { model }).toString('utf8'))

const sent = (read: ReadRequest, text: string, headers: Record<string, string> = {}) =>
  read({ body: Buffer.from(text), headers: new Headers(headers) })

describe('a request that is passed on', () => {
  it('stays the same object when the target knows the model by the same name', () => {
    const bytes = Buffer.from('{"model":"gpt-5.1","messages":[]}')
    expect(spliceRequest(bytes, JSON.parse(bytes.toString()), { model: 'gpt-5.1' })).toBe(bytes)
  })

  it('has the name of the model replaced, and not one other byte', () => {
    const text = '{ "messages":[{"role":"user","content":"say \\"model\\": {x}"}],\n "model" : "fast" , "x":1e2}'
    const bytes = spliceRequest(Buffer.from(text), JSON.parse(text), { model: 'own/ü' })
    expect(bytes.toString()).toBe(text.replace('"fast"', '"own/ü"'))
  })

  it('asks for usage where it streams, whatever else is asked of the stream', () => {
    const messages = '"messages":[{"role":"user","content":"x"}],"unknown":[1.50]'
    const asked = (more: string) =>
      sent(readChatRequest, `{"model":"a","stream":true,${messages}${more}}`)?.bytes('b').toString()
    const without = '{"model":"b","stream":true,'
    expect(asked('')).toBe(`{"stream_options":{"include_usage":true},"model":"b","stream":true,${messages}}`)
    expect(asked(',"stream_options":{"include_usage":false}')).toBe(
      `${without}${messages},"stream_options":{"include_usage":true}}`,
    )
    expect(asked(',"stream_options":null')).toBe(`${without}${messages},"stream_options":{"include_usage":true}}`)
    expect(asked(',"stream_options":{"include_usage":true}')).toBe(
      `${without}${messages},"stream_options":{"include_usage":true}}`,
    )
  })

  it('to the Responses API says that nothing is to be stored', () => {
    const asked = (more: string) =>
      sent(readResponsesRequest, `{"model":"a","input":"x"${more}}`)?.bytes('b').toString()
    expect(asked('')).toBe('{"store":false,"model":"b","input":"x"}')
    expect(asked(', "store" : true,"user":"u"')).toBe('{"model":"b","input":"x", "store" : false,"user":"u"}')
    expect(asked(',"store":false')).toBe('{"model":"b","input":"x","store":false}')
  })

  it('to the Messages API takes the caller’s version and betas along', () => {
    const body = '{"model":"a","max_tokens":1,"messages":[{"role":"user","content":"x"}]}'
    expect(sent(readMessagesRequest, body)?.headers).toEqual({ 'anthropic-version': '2023-06-01' })
    const given = { 'anthropic-version': '2030-01-01', 'anthropic-beta': 'a-1,b-2' }
    expect(sent(readMessagesRequest, body, { ...given, authorization: 'Bearer gh_x' })?.headers).toEqual(given)
  })

  it('is translated where it holds thoughts that its target could not read', () => {
    const thought = (signature: string) =>
      `{"model":"a","max_tokens":1,"messages":[{"role":"user","content":"x"},{"role":"assistant","content":[{"type":"thinking","thinking":"Hm.","signature":"${signature}"}]}]}`
    expect(sent(readMessagesRequest, thought('c2ln'))).not.toBeNull()
    expect(sent(readMessagesRequest, thought('gh1.e30'))).toBeNull()
    const reasoning = (more: string) =>
      `{"model":"a","input":[{"type":"reasoning","id":"rs_1","summary":[]${more}},{"role":"user","content":"x"}]}`
    expect(sent(readResponsesRequest, reasoning(',"encrypted_content":"c2ln"'))).not.toBeNull()
    expect(sent(readResponsesRequest, reasoning(',"encrypted_content":"gh1.e30"'))).toBeNull()
    expect(sent(readResponsesRequest, reasoning(''))).toBeNull()
  })

  it('gets a model where it names none, or names it twice or in a strange way', () => {
    expect(spliced('{"messages":[]}', 'b')).toEqual({ model: 'b', messages: [] })
    expect(spliced('{"model":"a","model":"c"}', 'b')).toEqual({ model: 'b' })
    expect(spliced('{"mod\\u0065l":"a"}', 'b')).toEqual({ model: 'b' })
    expect(spliced('{"model":"\\u0061"}', 'b')).toEqual({ model: 'b' })
  })

  it('means the same as before for any JSON, but for the model', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.string(),
        fc.string(),
        fc.constantFrom(0, 2),
        (rest, model, target, indent) => {
          const body = { ...rest, model }
          const text = JSON.stringify(body, null, indent)
          expect(spliced(text, target)).toEqual({ ...JSON.parse(text), model: target })
        },
      ),
    )
  })

  it('has no member where there is none on the outermost level', () => {
    expect(memberRange(Buffer.from('{"a":{"model":"x"},"b":["model"]}'), 'model')).toBeNull()
  })
})

describe('events', () => {
  const stream = 'data: {"a":1}\n\n: comment\n\ndata: one\ndata: two\n\ndata: ü\r\n\r\nevent: x\ndata:{"b":2}\n\n'

  it('are the same events with the same bytes however the bytes arrive', () => {
    const bytes = Buffer.from(stream)
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 12 }), (cuts) => {
        const cut = cutEvents()
        const at = [0, ...cuts.toSorted((a, b) => a - b), bytes.length]
        const events = at.slice(1).flatMap((to, i) => cut(bytes.subarray(at[i], to)))
        expect(events.map((event) => event.data)).toEqual(['{"a":1}', '', 'one\ntwo', 'ü', '{"b":2}'])
        expect(Buffer.concat(events.map((event) => event.bytes)).equals(bytes)).toBe(true)
      }),
    )
  })

  it('that never end are a fault', () => {
    const cut = cutEvents()
    expect(() => {
      for (let i = 0; i < 40; i++) cut(Buffer.alloc(1024 * 1024, 97))
    }).toThrow('longer than')
  })
})

const chunk = (delta: object, finish: string | null = null, more: object = {}) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }], ...more })}\n\n`
const usage = { prompt_tokens: 10, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 4 } }
const usageChunk = `data: ${JSON.stringify({ choices: [], usage })}\n\n`
const done = 'data: [DONE]\n\n'

async function relayed(
  text: string | string[],
  { reader = readChatAnswer({ hideUsage: true }), json = false }: { reader?: AnswerReader; json?: boolean } = {},
) {
  const opened = await openByteStream(Readable.from([text].flat().map((part) => Buffer.from(part))), {
    reader,
    responseFormat: json ? { type: 'json' } : undefined,
    startedMs: performance.now(),
  })
  const given: Buffer[] = []
  const write = (bytes: Buffer) => given.push(bytes) > 0
  const onIdle = vi.fn()
  const outcome = opened.relay({ write, drained: () => Promise.resolve(), idleMs: 1000, onIdle })
  outcome.catch(() => undefined)
  return { given, outcome, opened }
}

const counted = {
  inputTokens: { total: 10, noCache: 6, cacheRead: 4, cacheWrite: 0 },
  outputTokens: { total: 5, text: 5, reasoning: 0 },
}

describe('a stream that is passed on', () => {
  it('is given on byte for byte, but for the usage that was not asked for and the closing mark', async () => {
    const words =
      chunk({ role: 'assistant', content: '' }) + chunk({ content: 'Hé' }) + chunk({ content: 'llo' }, 'stop')
    const { given, outcome } = await relayed(words + usageChunk + done)
    expect(await outcome).toEqual({
      content: [{ type: 'text', text: 'Héllo' }],
      finish: { unified: 'stop', raw: 'stop' },
      usage: counted,
    })
    expect(Buffer.concat(given).toString()).toBe(words)
    const asked = await relayed(words + usageChunk + done, { reader: readChatAnswer({ hideUsage: false }) })
    await asked.outcome
    expect(Buffer.concat(asked.given).toString()).toBe(words + usageChunk)
  })

  it('puts tool calls together', async () => {
    const call = (index: number, more: object) => chunk({ tool_calls: [{ index, ...more }] })
    const { outcome } = await relayed(
      call(0, { id: 'a', function: { name: 'f', arguments: '{"x"' } }) +
        call(1, { id: 'b', function: { name: 'g', arguments: '{}' } }) +
        call(0, { function: { arguments: ':1}' } }) +
        chunk({}, 'tool_calls') +
        done,
    )
    expect((await outcome).content).toEqual([
      { type: 'tool-call', toolCallId: 'a', toolName: 'f', input: '{"x":1}' },
      { type: 'tool-call', toolCallId: 'b', toolName: 'g', input: '{}' },
    ])
  })

  it('that ends without a finish reason is cut, before its first word or after', async () => {
    await expect(relayed(chunk({ role: 'assistant', content: '' }))).rejects.toThrow(StreamCut)
    await expect(relayed('')).rejects.toThrow(StreamCut)
    const { outcome, opened } = await relayed(chunk({ content: 'half' }))
    await expect(outcome).rejects.toThrow('without a finish reason')
    expect(opened.soFar().content).toEqual([{ type: 'text', text: 'half' }])
    await expect((await relayed(chunk({ content: 'half' }) + done)).outcome).rejects.toThrow('without a finish reason')
  })

  it('that brings an error, or what is not JSON, is a fault', async () => {
    await expect(relayed('data: {"error":{"message":"overloaded","code":"x"}}\n\n')).rejects.toMatchObject({
      message: 'overloaded',
    })
    await expect((await relayed([chunk({ content: 'a' }), 'data: {oops\n\n'])).outcome).rejects.toThrow('not JSON')
  })

  it('that was withheld without a word is not an answer, and is charged as its provider says', async () => {
    await expect(relayed(chunk({}, 'content_filter'))).rejects.toThrow(ContentWithheld)
    const withheld = relayed(chunk({}, 'content_filter') + usageChunk + done)
    await expect(withheld).rejects.toThrow(ContentWithheld)
    await expect(withheld).rejects.toMatchObject({ usage: counted })
  })

  it('that ends in the middle of a tool call or of its JSON is cut, and its end is not given on', async () => {
    const call = chunk({ tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '{"x"' } }] })
    const half = await relayed(call + chunk({}, 'tool_calls') + done)
    await expect(half.outcome).rejects.toThrow('in the middle of a tool call')
    const json = await relayed([chunk({ content: '{"x":' }), chunk({}, 'stop') + done], { json: true })
    await expect(json.outcome).rejects.toThrow('in the middle of its JSON')
    expect(Buffer.concat(json.given).toString()).toBe(chunk({ content: '{"x":' }))
    expect((await (await relayed(call + chunk({}, 'length') + done)).outcome).finish?.unified).toBe('length')
  })

  it('begins with the arguments of a tool call: its name alone can still be taken back', async () => {
    const name = chunk({ tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '' } }] })
    await expect(relayed(name)).rejects.toThrow('before any content')
    const { outcome } = await relayed(name + chunk({}, 'tool_calls') + done)
    expect(await outcome).toMatchObject({ content: [{ toolName: 'f', input: '' }], finish: { unified: 'tool-calls' } })
  })

  it('that is empty but ended by itself is one', async () => {
    const { outcome } = await relayed(chunk({ role: 'assistant', content: '' }) + chunk({}, 'stop') + done)
    expect(await outcome).toMatchObject({ content: [], finish: { unified: 'stop' } })
  })
})

const event = (type: string, more: object = {}) => `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`

describe('messages', () => {
  const start = event('message_start', {
    message: {
      usage: { input_tokens: 6, cache_read_input_tokens: 4, cache_creation_input_tokens: 0, output_tokens: 1 },
    },
  })
  const block = (index: number, content_block: object, ...deltas: object[]) =>
    event('content_block_start', { index, content_block }) +
    deltas.map((delta) => event('content_block_delta', { index, delta })).join('') +
    event('content_block_stop', { index })
  const end = (stop_reason: string) =>
    event('message_delta', { delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: 5 } })
  const stop = event('message_stop')
  const thought = block(0, { type: 'thinking', thinking: '' }, { type: 'thinking_delta', thinking: 'Hm.' })
  const words = block(
    1,
    { type: 'text', text: '' },
    { type: 'text_delta', text: 'Grü' },
    { type: 'text_delta', text: 'ezi' },
  )
  const call = (json: string) =>
    block(2, { type: 'tool_use', id: 'a', name: 'f', input: {} }, { type: 'input_json_delta', partial_json: json })

  it('pass byte for byte but for the last event, with what was said and used', async () => {
    const body = start + event('ping') + thought + words + call('{"x":1}') + end('tool_use')
    const { given, outcome, opened } = await relayed(body + stop, { reader: readMessage() })
    expect(await outcome).toEqual({
      content: [
        { type: 'reasoning', text: 'Hm.' },
        { type: 'text', text: 'Grüezi' },
        { type: 'tool-call', toolCallId: 'a', toolName: 'f', input: '{"x":1}' },
      ],
      finish: { unified: 'tool-calls', raw: 'tool_use' },
      usage: counted,
    })
    expect(Buffer.concat(given).toString()).toBe(body)
    expect(String(opened.closing())).toBe(stop)
  })

  it('that are cut, withheld, in half or an error are faults', async () => {
    const read = (text: string) => relayed(text, { reader: readMessage() })
    await expect(read(start + event('ping'))).rejects.toThrow('before any content')
    const cut = await read(start + words)
    await expect(cut.outcome).rejects.toThrow('without a finish reason')
    // Of a cut answer the output is not known: nothing is better than half.
    expect(cut.opened.soFar().usage).toBeUndefined()
    await expect(read(start + end('refusal') + stop)).rejects.toThrow(ContentWithheld)
    await expect((await read(start + call('{"x"') + end('tool_use') + stop)).outcome).rejects.toThrow('tool call')
    expect((await (await read(start + call('{"x"') + end('max_tokens') + stop)).outcome).finish?.unified).toBe('length')
    const error = event('error', { error: { type: 'overloaded_error', message: 'Overloaded' } })
    await expect(read(start + error)).rejects.toMatchObject({ code: 'overloaded_error', message: 'Overloaded' })
    await expect((await read(start + words + error)).outcome).rejects.toMatchObject({ code: 'overloaded_error' })
  })
})

describe('responses', () => {
  const told = { input_tokens: 10, output_tokens: 5, input_tokens_details: { cached_tokens: 4 } }
  const created = event('response.created', { sequence_number: 0, response: { id: 'resp_1', status: 'in_progress' } })
  const text = (...pieces: string[]) =>
    event('response.output_item.added', { output_index: 0, item: { type: 'message' } }) +
    pieces.map((delta) => event('response.output_text.delta', { output_index: 0, delta, sequence_number: 7 })).join('')
  const call = (json: string, more = '') =>
    event('response.output_item.added', { output_index: 1, item: { type: 'function_call', call_id: 'a', name: 'f' } }) +
    event('response.function_call_arguments.delta', { output_index: 1, delta: json }) +
    more
  const end = (type: string, response: object) => event(`response.${type}`, { response: { status: type, ...response } })
  const completed = end('completed', { usage: told })

  it('pass byte for byte but for the last event, with what was said and used', async () => {
    const body = created + text('Grü', 'ezi') + call('{"x":1}')
    const { given, outcome, opened } = await relayed(body + completed, { reader: readResponse() })
    expect(await outcome).toEqual({
      content: [
        { type: 'text', text: 'Grüezi' },
        { type: 'tool-call', toolCallId: 'a', toolName: 'f', input: '{"x":1}' },
      ],
      finish: { unified: 'tool-calls', raw: 'completed' },
      usage: counted,
    })
    expect(Buffer.concat(given).toString()).toBe(body)
    expect(String(opened.closing())).toBe(completed)
  })

  it('that are cut, withheld, in half or an error are faults', async () => {
    const read = (body: string) => relayed(body, { reader: readResponse() })
    await expect(read(created)).rejects.toThrow('before any content')
    await expect((await read(created + text('a'))).outcome).rejects.toThrow('without a finish reason')
    const withheld = end('incomplete', { incomplete_details: { reason: 'content_filter' }, usage: told })
    await expect(read(created + withheld)).rejects.toThrow(ContentWithheld)
    const half = (await read(created + call('{"x"') + completed)).outcome
    await expect(half).rejects.toThrow('tool call')
    await expect(half).rejects.toMatchObject({ usage: counted })
    const failed = end('failed', { error: { code: 'server_error', message: 'Oops' } })
    await expect(read(created + failed)).rejects.toMatchObject({ code: 'server_error' })
    await expect((await read(created + text('a') + failed)).outcome).rejects.toMatchObject({ message: 'Oops' })
  })

  it('that broke off go on counting in the events that say so', async () => {
    const { opened } = await relayed(created + text('a'), { reader: readResponse() })
    const problem = new Problem({ status: 502, type: 'answer-cut', title: 'The answer broke off', detail: 'Cut.' })
    const [failed, error] = opened.fault(problem).split('\n\n')
    expect(failed).toMatch(/^event: response\.failed\ndata: \{"type":"response\.failed","sequence_number":8,/)
    expect(failed).toContain('"id":"resp_1","status":"failed","error":{"code":"answer_cut","message":"Cut."}')
    expect(error).toMatch(/^event: error\ndata: \{"type":"error","sequence_number":9,"code":"answer_cut"/)
  })
})

test('usage that cannot be read is none', () => {
  const usageIn = (reader: AnswerReader, answer: Record<string, unknown>) => {
    expect(reader.whole(answer)).toBeNull()
    return reader.outcome().usage
  }
  const choices = [{ message: { content: 'x' }, finish_reason: 'stop' }]
  for (const told of [undefined, null, 'x', {}, { prompt_tokens: 'x' }, { prompt_tokens: -1, completion_tokens: 2 }])
    expect(usageIn(readChatAnswer({ hideUsage: false }), { choices, usage: told })).toBeUndefined()
  for (const told of [undefined, null, 'x', {}, { input_tokens: 'x' }, { input_tokens: -1, output_tokens: 2 }]) {
    expect(usageIn(readMessage(), { content: [], stop_reason: 'end_turn', usage: told })).toBeUndefined()
    expect(usageIn(readResponse(), { output: [], status: 'completed', usage: told })).toBeUndefined()
  }
  expect(usageIn(readChatAnswer({ hideUsage: false }), { choices, usage })).toEqual(counted)
})
