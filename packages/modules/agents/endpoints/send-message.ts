import { conflict, endpoint, invalidInput, type Context } from '@guildhall/kernel'
import { UI_MESSAGE_STREAM_HEADERS } from 'ai'
import { loadAgent, loadVersion } from '../agent.ts'
import type { AnsweringAgent } from '../answer/answer.ts'
import { acceptMessage, type AcceptedMessage } from '../chat/accept-message.ts'
import { ChatRequestBody, parseChatRequest, type ChatRequest } from '../chat/chat-request.ts'
import { expectOwnChat, loadChat } from '../chat/chat.ts'
import { startAnswer } from '../chat/start-answer.ts'

export const sendMessage = endpoint({
  name: 'chats.send',
  summary: 'Ask a question, or for another answer; the answer streams as AI SDK UI message stream (v1)',
  route: 'POST /api/chats/{id}/messages',
  permission: 'chats:use',
  // Clients send the whole conversation unless told otherwise.
  maxBody: 16 * 1024 * 1024,
  request: { contentType: 'application/json', schema: ChatRequestBody },
  response: { contentType: 'text/event-stream' },
  async run(request, ctx, params) {
    const question = parseChatRequest(await readJson(request))
    const { accepted, agent } = await accept(ctx, params['id'] ?? '', question)
    return new Response(startAnswer(ctx, accepted, agent).follow(), { headers: UI_MESSAGE_STREAM_HEADERS })
  },
})

async function readJson(request: Request): Promise<unknown> {
  try {
    return await request.json()
  } catch {
    throw invalidInput([{ field: '', message: 'the body is not JSON' }])
  }
}

/** Committed before anything else happens: an accepted question is not lost. */
function accept(
  ctx: Context,
  chatId: string,
  question: ChatRequest,
): Promise<{ accepted: AcceptedMessage; agent: AnsweringAgent }> {
  return ctx.transaction(async (tx) => {
    const chat = await loadChat(tx, chatId, { lock: true })
    expectOwnChat(tx, chat)
    if (chat.archived) throw conflict('This chat is archived. Take it out of the archive to go on.')
    const row = await loadAgent(tx, chat.agentId)
    if (row.archivedAt) throw conflict(`${row.name} is archived and answers no more.`)
    const version = chat.agentVersion
    const config = version === null ? row.draft : await loadVersion(tx, row.id, version)
    const accepted = await acceptMessage(tx, chat, question)
    tx.emit('chat.question', { chatId, agentId: row.id })
    return { accepted, agent: { id: row.id, name: row.name, projectId: row.projectId, version, config } }
  })
}
