import { Id, operation, Timestamp, type TransactionContext } from '@guildhall/kernel'
import { runFeedback } from '@guildhall/modules/runs'
import { and, desc, eq, inArray, isNull, lt, max } from 'drizzle-orm'
import { z } from 'zod'
import { actorKey, ChatSummary, loadChat, summariseChats } from '../chat/chat.ts'
import type { MessageRow } from '../chat/messages.ts'
import { chatMessages, messageStatuses } from '../schema.ts'

const ChatMessage = z.object({
  id: z.string(),
  role: z.enum(['user', 'assistant']),
  parts: z.array(z.looseObject({ type: z.string() })).describe('Parts of an AI SDK UIMessage'),
  metadata: z.object({
    createdAt: Timestamp,
    status: z.enum(messageStatuses),
    runId: Id.nullable(),
    error: z.string().nullable().describe('Why the answer failed'),
    superseded: z.boolean().describe('Another answer or question has taken its place'),
    feedback: z
      .object({ rating: z.enum(['up', 'down']).nullable(), comment: z.string().nullable() })
      .nullable()
      .describe('What the caller thinks of this answer'),
  }),
})

export const getChat = operation({
  name: 'chats.get',
  summary: 'Read a chat with its messages',
  route: 'GET /chats/{id}',
  permission: 'chats:read',
  input: z.object({
    id: Id,
    history: z.boolean().default(false).describe('With the answers and questions that others have replaced'),
    limit: z.int().min(1).max(500).default(200).describe('So many messages, the last ones'),
    before: z.string().max(100).optional().describe('Id of a message: those before it'),
  }),
  output: ChatSummary.extend({
    messages: z.array(ChatMessage).describe('Oldest first'),
    hasEarlier: z.boolean().describe('There are messages before these; ask for them with `before`'),
  }),
  async run({ id, history, limit, before }, ctx) {
    const row = await loadChat(ctx, id)
    const ofChat = and(eq(chatMessages.tenantId, ctx.tenant.id), eq(chatMessages.chatId, id))
    const newestFirst = await ctx.db
      .select()
      .from(chatMessages)
      .where(
        and(
          ofChat,
          history ? undefined : isNull(chatMessages.supersededAt),
          before === undefined
            ? undefined
            : lt(
                chatMessages.ordinal,
                ctx.db
                  .select({ ordinal: max(chatMessages.ordinal) })
                  .from(chatMessages)
                  .where(and(ofChat, eq(chatMessages.messageId, before))),
              ),
        ),
      )
      .orderBy(desc(chatMessages.ordinal))
      .limit(limit + 1)
    const messages = newestFirst.slice(0, limit).toReversed()
    const feedback = await feedbackOf(ctx, messages)
    const [chat] = await summariseChats(ctx, [row])
    if (!chat) throw new Error('The chat was not summarised')
    return {
      ...chat,
      hasEarlier: newestFirst.length > limit,
      messages: messages.map((message) => ({
        id: message.messageId,
        role: message.role,
        parts: message.parts,
        metadata: {
          createdAt: message.createdAt,
          status: isAbandoned(message, ctx.now()) ? ('interrupted' as const) : message.status,
          runId: message.runId,
          error: message.error,
          superseded: message.supersededAt !== null,
          feedback: (message.runId !== null && feedback.get(message.runId)) || null,
        },
      })),
    }
  },
})

function isAbandoned({ status, leaseUntil }: MessageRow, now: Date): boolean {
  return status === 'streaming' && (leaseUntil === null || leaseUntil < now)
}

async function feedbackOf(ctx: TransactionContext, messages: readonly MessageRow[]) {
  const runIds = messages.flatMap((message) => message.runId ?? [])
  if (runIds.length === 0) return new Map<string, { rating: 'up' | 'down' | null; comment: string | null }>()
  const rows = await ctx.db
    .select({ runId: runFeedback.runId, rating: runFeedback.rating, comment: runFeedback.comment })
    .from(runFeedback)
    .where(
      and(
        eq(runFeedback.tenantId, ctx.tenant.id),
        inArray(runFeedback.runId, runIds),
        eq(runFeedback.actor, actorKey(ctx)),
      ),
    )
  return new Map(rows.map(({ runId, rating, comment }) => [runId, { rating, comment }]))
}
