import { containsText, Id, listInput, listRows, operation, page } from '@guildhall/kernel'
import { and, eq, or, sql, type SQL } from 'drizzle-orm'
import { z } from 'zod'
import { actorKey, ChatSummary, summariseChats, type ChatRow } from '../chat/chat.ts'
import { chatMessages, chats } from '../schema.ts'

export const listChats = operation({
  name: 'chats.list',
  summary: 'List chats, newest first; `q` searches titles and messages',
  route: 'GET /chats',
  permission: 'chats:read',
  input: listInput(['updatedAt', 'createdAt'], {
    agentId: Id.optional(),
    projectId: Id.optional(),
    mine: z.boolean().default(false).describe('Only those that the caller began'),
    archived: z.boolean().default(false).describe('The archived ones instead'),
  }),
  output: page(ChatSummary),
  async run(input, ctx) {
    const where = and(
      eq(chats.tenantId, ctx.tenant.id),
      eq(chats.archived, input.archived),
      input.agentId === undefined ? undefined : eq(chats.agentId, input.agentId),
      input.projectId === undefined ? undefined : eq(chats.projectId, input.projectId),
      input.mine ? eq(chats.createdBy, actorKey(ctx)) : undefined,
      or(containsText(chats.title, input.q), saidInChat(ctx.tenant.id, input.q)),
    )
    const rows = await listRows<ChatRow>(
      ctx.db,
      {
        table: chats,
        id: chats.id,
        sortable: { updatedAt: chats.updatedAt, createdAt: chats.createdAt },
        defaultSort: '-updatedAt',
        where,
      },
      input,
    )
    return { ...rows, items: await summariseChats(ctx, rows.items) }
  },
})

/** Chats in which all words of `q` stand in one message; the last word may be unfinished. */
function saidInChat(tenantId: string, q: string | undefined): SQL | undefined {
  const words = q?.match(/[\p{L}\p{N}]+/gu)
  if (!words) return undefined
  const query = `${words.map((word) => `'${word}'`).join(' & ')}:*`
  return sql`${chats.id} in (select m.chat_id from ${chatMessages} m where m.tenant_id = ${tenantId} and m.superseded_at is null and to_tsvector('simple', m.text) @@ to_tsquery('simple', ${query}))`
}
