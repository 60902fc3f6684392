import type { LanguageModelV4Content } from '@ai-sdk/provider'
import { describe, expect, it } from 'vitest'
import { isRepeatable, mayBeKept, partsOfPayload, partsPayload, questionOf, replayParts } from './parts.ts'

const stop = { unified: 'stop' as const, raw: 'stop' }
const text = (words: string): LanguageModelV4Content => ({ type: 'text', text: words })
const noTokens = {
  inputTokens: { total: 0, noCache: 0, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 0, text: 0, reasoning: 0 },
}

describe('an answer', () => {
  it('may be given again when it is words and ended by itself', () => {
    expect(mayBeKept({ content: [text('yes')], finishReason: stop })).toBe(true)
    for (const unified of ['length', 'content-filter', 'error', 'other', 'tool-calls'] as const)
      expect(mayBeKept({ content: [text('yes')], finishReason: { unified, raw: undefined } })).toBe(false)
  })

  it('may not when it is empty, or acts', () => {
    expect(mayBeKept({ content: [], finishReason: stop })).toBe(false)
    expect(mayBeKept({ content: [text('')], finishReason: stop })).toBe(false)
    const toolCall: LanguageModelV4Content = { type: 'tool-call', toolCallId: '1', toolName: 'send', input: '{}' }
    expect(mayBeKept({ content: [text('I do'), toolCall], finishReason: stop })).toBe(false)
    expect(() => partsPayload({ content: [toolCall], finishReason: stop })).toThrow('may not be given again')
  })

  it('comes back as it was, and streams in whole characters', () => {
    const content: LanguageModelV4Content[] = [{ type: 'reasoning', text: 'hm' }, text('🙂'.repeat(200))]
    const kept = partsOfPayload(partsPayload({ content, finishReason: stop }))
    expect(kept).toEqual({ content, finishReason: stop })
    const parts = replayParts(kept, { model: 'gpt', usage: noTokens, timestamp: new Date(0) })
    expect(parts.map((part) => part.type)).toEqual([
      'stream-start',
      'response-metadata',
      'reasoning-start',
      'reasoning-delta',
      'reasoning-end',
      'text-start',
      'text-delta',
      'text-delta',
      'text-end',
      'finish',
    ])
    expect(parts.map((part) => (part.type === 'text-delta' ? part.delta : '')).join('')).toBe('🙂'.repeat(200))
  })
})

describe('a request', () => {
  const user = { role: 'user' as const, content: [{ type: 'text' as const, text: 'open?' }] }
  const system = { role: 'system' as const, content: 'be brief' }

  it('is not answered from memory when it asks for variety, or in the middle of tool calls', () => {
    expect(isRepeatable({ prompt: [user] })).toBe(true)
    expect(isRepeatable({ prompt: [user], temperature: 1.3 })).toBe(false)
    expect(isRepeatable({ prompt: [user, { role: 'tool', content: [] }] })).toBe(false)
  })

  it('is a question and its context; without words of a user there is no question', () => {
    expect(questionOf({ prompt: [system, user], temperature: 0 })).toEqual({
      question: 'open?',
      context: { prompt: [system], temperature: 0 },
    })
    expect(questionOf({ prompt: [system] })).toBeNull()
    const image = {
      type: 'file' as const,
      mediaType: 'image/png',
      data: { type: 'data' as const, data: new Uint8Array() },
    }
    expect(questionOf({ prompt: [{ role: 'user', content: [...user.content, image] }] })).toBeNull()
  })
})
