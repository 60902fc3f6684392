import { Id, operation } from '@guildhall/kernel'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import { ChatSummary, ChatTitle, expectOwnChat, loadChat, summariseChats } from '../chat/chat.ts'
import { chats } from '../schema.ts'

export const renameChat = operation({
  name: 'chats.rename',
  summary: 'Rename a chat of one’s own, or put it into the archive and back',
  route: 'PATCH /chats/{id}',
  permission: 'chats:use',
  tool: false,
  input: z.object({ id: Id, title: ChatTitle.optional(), archived: z.boolean().optional() }),
  output: ChatSummary,
  async run({ id, title, archived }, ctx) {
    const before = await loadChat(ctx, id, { lock: true })
    expectOwnChat(ctx, before)
    const changed = { ...before, title: title ?? before.title, archived: archived ?? before.archived }
    await ctx.db
      .update(chats)
      .set({ title: changed.title, archived: changed.archived })
      .where(and(eq(chats.tenantId, ctx.tenant.id), eq(chats.id, id)))
    const [chat] = await summariseChats(ctx, [changed])
    if (!chat) throw new Error('The chat was not summarised')
    return chat
  },
})
