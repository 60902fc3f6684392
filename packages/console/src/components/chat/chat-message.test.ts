import { describe, expect, it } from 'vitest'
import type { ChatDetail } from '../../api/agent-types'
import { historyOf, replacedAnswers, textOf } from './chat-message'

type Message = ChatDetail['messages'][number]
const message = (id: string, role: Message['role'], superseded = false): Message => ({
  id,
  role,
  parts: [{ type: 'text', text: id }],
  metadata: { createdAt: '2026-11-20T12:00:00Z', status: 'done', runId: null, error: null, superseded, feedback: null },
})

const chat = {
  messages: [
    message('q1', 'user'),
    message('a1', 'assistant', true),
    message('a2', 'assistant'),
    message('q2', 'user'),
    message('b1', 'assistant'),
  ],
}

describe('a conversation with replaced answers', () => {
  it('shows what counts now', () => {
    expect(historyOf(chat).map((entry) => entry.id)).toEqual(['q1', 'a2', 'q2', 'b1'])
  })

  it('keeps the replaced answers by their question, to be compared', () => {
    const replaced = replacedAnswers(chat)
    expect([...replaced.keys()]).toEqual(['q1'])
    expect(replaced.get('q1')?.map(textOf)).toEqual(['a1'])
  })

  it('hands out copies, because a conversation that goes on changes its messages', () => {
    historyOf(chat)[0]?.parts.pop()
    expect(chat.messages[0]?.parts).toHaveLength(1)
  })
})
