import { forbidden, Id, isId, notFound, Timestamp, type Context, type TransactionContext } from '@guildhall/kernel'
import { and, eq, inArray, sql } from 'drizzle-orm'
import { z } from 'zod'
import { agents, chatMessages, chats } from '../schema.ts'

export type ChatRow = typeof chats.$inferSelect

export const ChatTitle = z.string().trim().min(1).max(120)

export const ChatSummary = z.object({
  id: Id,
  title: z.string().describe('The first question, until somebody renames it; empty before it'),
  agent: z.object({ id: Id, slug: z.string(), name: z.string(), archived: z.boolean() }),
  agentVersion: z.int().nullable().describe('The version that answers; null = the draft as it is'),
  projectId: Id.nullable(),
  createdBy: z.object({ name: z.string(), me: z.boolean() }),
  archived: z.boolean(),
  answering: z.boolean().describe('An answer is being written'),
  createdAt: Timestamp,
  updatedAt: Timestamp,
})

export function actorKey({ actor }: Pick<Context, 'actor'>): string {
  return `${actor.type}:${actor.id}`
}

/** @throws Problem 404 for what is not a chat of this tenant. */
export async function loadChat(ctx: TransactionContext, id: string, options?: { lock: boolean }): Promise<ChatRow> {
  if (!isId(id)) throw notFound('chat')
  const query = ctx.db
    .select()
    .from(chats)
    .where(and(eq(chats.tenantId, ctx.tenant.id), eq(chats.id, id)))
  const [row] = await (options?.lock ? query.for('update') : query)
  if (!row) throw notFound('chat', id)
  return row
}

/** Chats can be read by everybody who may read chats here, and are continued by the one who began them. @throws Problem 403 */
export function expectOwnChat(ctx: Context, chat: ChatRow): void {
  if (chat.createdBy !== actorKey(ctx))
    throw forbidden(`This chat belongs to ${chat.createdByName}. Start one of your own with the same agent.`)
}

/** Whether a message is being written by a process that is alive. */
export const isBeingWritten = and(eq(chatMessages.status, 'streaming'), sql`${chatMessages.leaseUntil} > now()`)

export async function summariseChats(
  ctx: TransactionContext,
  rows: readonly ChatRow[],
): Promise<z.input<typeof ChatSummary>[]> {
  if (rows.length === 0) return []
  const tenantId = ctx.tenant.id
  const namesOf = ctx.db
    .select({ id: agents.id, slug: agents.slug, name: agents.name, archivedAt: agents.archivedAt })
    .from(agents)
    .where(and(eq(agents.tenantId, tenantId), inArray(agents.id, [...new Set(rows.map((row) => row.agentId))])))
  const beingWritten = ctx.db
    .select({ chatId: chatMessages.chatId })
    .from(chatMessages)
    .where(
      and(
        eq(chatMessages.tenantId, tenantId),
        inArray(
          chatMessages.chatId,
          rows.map((row) => row.id),
        ),
        isBeingWritten,
      ),
    )
  const [named, writing] = await Promise.all([namesOf, beingWritten])
  const agentById = new Map(named.map((agent) => [agent.id, agent]))
  const answering = new Set(writing.map((row) => row.chatId))
  return rows.map((row) => {
    const agent = agentById.get(row.agentId)
    if (!agent) throw new Error(`Chat ${row.id} has no agent`)
    return describeChat(ctx, row, agent, answering.has(row.id))
  })
}

/** A chat as lists and its own page show it. @param answering whether an answer is being written right now */
export function describeChat(
  ctx: Context,
  row: ChatRow,
  agent: Pick<typeof agents.$inferSelect, 'id' | 'slug' | 'name' | 'archivedAt'>,
  answering: boolean,
): z.input<typeof ChatSummary> {
  const { id, title, agentVersion, projectId, archived, createdAt, updatedAt } = row
  return {
    id,
    title,
    agent: { id: agent.id, slug: agent.slug, name: agent.name, archived: agent.archivedAt !== null },
    agentVersion,
    projectId,
    createdBy: { name: row.createdByName, me: row.createdBy === actorKey(ctx) },
    archived,
    answering,
    createdAt,
    updatedAt,
  }
}
