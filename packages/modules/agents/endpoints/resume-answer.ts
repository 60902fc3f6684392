import { endpoint } from '@guildhall/kernel'
import { UI_MESSAGE_STREAM_HEADERS } from 'ai'
import { loadChat } from '../chat/chat.ts'

export const resumeAnswer = endpoint({
  name: 'chats.resume',
  summary: 'Follow the answer that is being written, from its beginning; 204 when there is none',
  route: 'GET /api/chats/{id}/stream',
  permission: 'chats:read',
  response: { contentType: 'text/event-stream' },
  async run(_request, ctx, params) {
    const chat = await ctx.transaction((tx) => loadChat(tx, params['id'] ?? ''), { readOnly: true })
    const answer = ctx.services.agents.answers.of(chat.id)
    if (!answer) return new Response(null, { status: 204 })
    return new Response(answer.follow(), { headers: UI_MESSAGE_STREAM_HEADERS })
  },
})
