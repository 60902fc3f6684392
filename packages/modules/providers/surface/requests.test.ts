import { Problem } from '@guildhall/kernel'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { callOptionsOf as optionsOfMessages, MessagesRequest } from '../anthropic/messages-request.ts'
import { callOptionsOf as optionsOfChat, ChatRequest } from '../openai/chat-request.ts'
import { callOptionsOf as optionsOfResponses, ResponsesRequest } from '../responses/responses-request.ts'
import { readJson } from './read-json.ts'
import { readMark, writeMark } from './reasoning-mark.ts'

/** Requests of each surface that use most of it, to be broken in one place each. */
const tool = { type: 'object', properties: { service: { type: 'string' } } }
const surfaces = {
  chat: {
    read: async (body: unknown) => optionsOfChat(await readJson(request(body), ChatRequest)),
    body: {
      model: 'default',
      messages: [
        { role: 'system', content: 'Be short.' },
        { role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }] },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'a', type: 'function', function: { name: 'price', arguments: '{"x":1}' } }],
        },
        { role: 'tool', tool_call_id: 'a', content: '25' },
      ],
      tools: [{ type: 'function', function: { name: 'price', parameters: tool } }],
      tool_choice: { type: 'function', function: { name: 'price' } },
      response_format: { type: 'json_schema', json_schema: { name: 'person', schema: tool } },
      stop: ['END'],
      logprobs: true,
      top_logprobs: 2,
    },
  },
  responses: {
    read: async (body: unknown) => optionsOfResponses(await readJson(request(body), ResponsesRequest)),
    body: {
      model: 'default',
      instructions: 'Be short.',
      input: [
        { role: 'user', content: [{ type: 'input_image', image_url: 'data:image/png;base64,AAAA' }] },
        { type: 'reasoning', summary: [{ text: 'Hm.' }], encrypted_content: 'gh1.AAAA' },
        { type: 'function_call', call_id: 'a', name: 'price', arguments: '{"x":1}' },
        { type: 'function_call_output', call_id: 'a', output: [{ type: 'input_text', text: '25' }] },
      ],
      tools: [{ type: 'function', name: 'price', parameters: tool }],
      tool_choice: { type: 'function', name: 'price' },
      text: { format: { type: 'json_schema', name: 'person', schema: tool } },
      include: ['reasoning.encrypted_content'],
    },
  },
  messages: {
    read: async (body: unknown) => optionsOfMessages(await readJson(request(body), MessagesRequest)),
    body: {
      model: 'default',
      max_tokens: 100,
      system: [{ type: 'text', text: 'Be short.', cache_control: { type: 'ephemeral' } }],
      messages: [
        {
          role: 'user',
          content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } }],
        },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Hm.', signature: 'gh1.AAAA' },
            { type: 'tool_use', id: 'a', name: 'price', input: {} },
          ],
        },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: [{ type: 'text', text: '25' }] }] },
      ],
      tools: [{ name: 'price', input_schema: tool }],
      tool_choice: { type: 'any' },
      thinking: { type: 'enabled', budget_tokens: 2048 },
      output_config: { format: { type: 'json_schema', schema: tool } },
    },
  },
}

function request(body: unknown): Request {
  return new Request('http://localhost/', { method: 'POST', body: JSON.stringify(body) ?? '' })
}

/** Paths of all members, however deep. */
function pathsOf(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([name, member]) => pathsOf(member, [...path, name]))]
}

function replaced(value: unknown, [name, ...rest]: string[], by: unknown): unknown {
  if (name === undefined) return by
  if (Array.isArray(value)) return value.map((item, at) => (String(at) === name ? replaced(item, rest, by) : item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, key === name ? replaced(member, rest, by) : member]),
  )
}

const anything = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom('', '__proto__', 'data:;base64,', 'http://[', 'ftp://x', 'gh1.', '\u0000', {}, [], [[]], [{}], null),
)

for (const [name, { read, body }] of Object.entries(surfaces))
  describe(`a request to ${name}`, () => {
    test('is read as it stands', async () => {
      expect(await read(body)).toMatchObject({ prompt: expect.any(Array), tools: [{ name: 'price' }] })
    })

    test('with anything in any place is read, or refused as the caller’s mistake', async () => {
      const paths = pathsOf(body)
      await fc.assert(
        fc.asyncProperty(fc.nat(paths.length - 1), anything, async (at, by) => {
          const error: unknown = await read(replaced(body, paths[at] ?? [], by)).then(
            () => null,
            (thrown: unknown) => thrown,
          )
          if (error === null) return
          expect(error).toBeInstanceOf(Problem)
          expect(error).toMatchObject({ status: 400, errors: expect.arrayContaining([expect.anything()]) })
        }),
        { numRuns: 400 },
      )
    })
  })

test('marks of thoughts come back as they went, and nothing else is made of what callers send', () => {
  const mark = { anthropic: { signature: 'c2ln' }, openai: { itemId: 'rs_1', reasoningEncryptedContent: 'x' } }
  expect(readMark(writeMark(mark) ?? '')).toEqual(mark)
  expect(writeMark({ other: { secret: 'x' } })).toBeNull()
  expect(writeMark(null)).toBeNull()
  const forged = `gh1.${Buffer.from(JSON.stringify({ openai: { store: true, itemId: 'i' } })).toString('base64url')}`
  expect(readMark(forged)).toEqual({ openai: { itemId: 'i' } })
  fc.assert(
    fc.property(fc.string(), (text) => {
      readMark(`gh1.${text}`)
    }),
  )
})
