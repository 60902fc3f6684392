import { allows, Id, operation } from '@guildhall/kernel'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import { expectOwnChat, loadChat } from '../chat/chat.ts'
import { chats } from '../schema.ts'

export const removeChat = operation({
  name: 'chats.remove',
  summary: 'Delete a chat and its messages; its runs stay in the journal',
  route: 'DELETE /chats/{id}',
  permission: 'chats:use',
  tool: false,
  input: z.object({ id: Id }),
  output: z.object({ removed: z.literal(true) }),
  async run({ id }, ctx) {
    const chat = await loadChat(ctx, id, { lock: true })
    const { role, scopes } = ctx.caller
    if (!(role && allows(role, scopes, 'chats:admin'))) expectOwnChat(ctx, chat)
    ctx.services.agents.answers.of(id)?.stop()
    await ctx.db.delete(chats).where(and(eq(chats.tenantId, ctx.tenant.id), eq(chats.id, id)))
    ctx.audit({ targets: [{ type: 'chat', id, name: chat.title }] })
    return { removed: true as const }
  },
})
