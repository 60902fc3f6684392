import { endpoint } from '@guildhall/kernel'
import { and, eq } from 'drizzle-orm'
import { expectOwnChat, isBeingWritten, loadChat } from '../chat/chat.ts'
import { chatMessages } from '../schema.ts'

export const stopAnswer = endpoint({
  name: 'chats.stop',
  summary: 'Stop the answer that is being written; what is there of it stays',
  route: 'POST /api/chats/{id}/stop',
  permission: 'chats:use',
  response: { contentType: 'application/json' },
  async run(_request, ctx, params) {
    const [chat, stopped] = await ctx.transaction(async (tx) => {
      const found = await loadChat(tx, params['id'] ?? '')
      expectOwnChat(tx, found)
      const rows = await tx.db
        .update(chatMessages)
        .set({ stopRequested: true })
        .where(and(eq(chatMessages.tenantId, tx.tenant.id), eq(chatMessages.chatId, found.id), isBeingWritten))
        .returning({ id: chatMessages.id })
      return [found, rows.length > 0]
    })
    // Another process hears of it when it next stores the answer.
    const here = ctx.services.agents.answers.of(chat.id)
    here?.stop()
    await here?.ended
    return Response.json({ stopped })
  },
})
