import { Readable } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, it, test, vi } from 'vitest'
import { ContentWithheld, StreamCut } from '../walk/classify-failure.ts'
import { openChatStream } from './chat-stream.ts'
import { cutEvents } from './event-bytes.ts'
import { usageOf } from './read-chat.ts'
import { memberRange, spliceRequest, type ChatBody } from './splice-request.ts'

const spliced = (text: string, model: string): ChatBody => {
  const bytes = Buffer.from(text)
  return JSON.parse(spliceRequest(bytes, JSON.parse(text), model).toString('utf8'))
}

describe('a request that is passed on', () => {
  it('stays the same object when the target knows the model by the same name', () => {
    const bytes = Buffer.from('{"model":"gpt-5.1","messages":[]}')
    expect(spliceRequest(bytes, JSON.parse(bytes.toString()), 'gpt-5.1')).toBe(bytes)
  })

  it('has the name of the model replaced, and not one other byte', () => {
    const text = '{ "messages":[{"role":"user","content":"say \\"model\\": {x}"}],\n "model" : "fast" , "x":1e2}'
    const bytes = spliceRequest(Buffer.from(text), JSON.parse(text), 'own/ü')
    expect(bytes.toString()).toBe(text.replace('"fast"', '"own/ü"'))
  })

  it('asks for usage where it streams, whatever else is asked of the stream', () => {
    expect(spliced('{"model":"a","stream":true}', 'b')).toEqual({
      model: 'b',
      stream: true,
      stream_options: { include_usage: true },
    })
    expect(spliced('{"stream_options":{"include_usage":false,"x":1},"model":"a","stream":true}', 'b')).toEqual({
      model: 'b',
      stream: true,
      stream_options: { include_usage: true, x: 1 },
    })
    expect(spliced('{"stream_options":{"include_usage":true},"model":"a","stream":true}', 'b')).toEqual({
      model: 'b',
      stream: true,
      stream_options: { include_usage: true },
    })
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

async function relayed(text: string | string[], hideUsage = true) {
  const opened = await openChatStream(Readable.from([text].flat().map((part) => Buffer.from(part))), {
    hideUsage,
    startedMs: performance.now(),
  })
  const given: Buffer[] = []
  const write = (bytes: Buffer) => given.push(bytes) > 0
  const onIdle = vi.fn()
  const outcome = opened.relay({ write, drained: () => Promise.resolve(), idleMs: 1000, onIdle })
  return { given, outcome, opened }
}

describe('a stream that is passed on', () => {
  it('is given on byte for byte, but for the usage that was not asked for and the closing mark', async () => {
    const words =
      chunk({ role: 'assistant', content: '' }) + chunk({ content: 'Hé' }) + chunk({ content: 'llo' }, 'stop')
    const { given, outcome } = await relayed(words + usageChunk + done)
    expect(await outcome).toEqual({
      content: [{ type: 'text', text: 'Héllo' }],
      finish: { unified: 'stop', raw: 'stop' },
      usage: usageOf(usage),
    })
    expect(Buffer.concat(given).toString()).toBe(words)
    const asked = await relayed(words + usageChunk + done, false)
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

  it('that was withheld without a word is not an answer', async () => {
    await expect(relayed(chunk({}, 'content_filter'))).rejects.toThrow(ContentWithheld)
  })

  it('that is empty but ended by itself is one', async () => {
    const { outcome } = await relayed(chunk({ role: 'assistant', content: '' }) + chunk({}, 'stop') + done)
    expect(await outcome).toMatchObject({ content: [], finish: { unified: 'stop' } })
  })
})

test('usage that cannot be read is none', () => {
  for (const given of [undefined, null, 'x', {}, { prompt_tokens: 'x' }, { prompt_tokens: -1, completion_tokens: 2 }])
    expect(usageOf(given)).toBeUndefined()
  expect(usageOf(usage)).toMatchObject({
    inputTokens: { total: 10, noCache: 6, cacheRead: 4 },
    outputTokens: { total: 5 },
  })
})
