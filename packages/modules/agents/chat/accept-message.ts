import { conflict, newId, notFound, Problem, type TransactionContext, thisProcess } from '@guildhall/kernel'
import { and, eq, gte, isNull, lt, max, sql } from 'drizzle-orm'
import { chatMessages, chats } from '../schema.ts'
import type { ChatRow } from './chat.ts'
import type { ChatRequest } from './chat-request.ts'
import { currentMessages, storable, type MessageRow } from './messages.ts'
import { leaseSeconds } from './lease.ts'

export interface AcceptedMessage {
  chat: ChatRow
  /** The conversation up to the question. */
  conversation: MessageRow[]
  /** Row and protocol id of the answer that is now open. */
  answer: { id: string; messageId: string }
}

/**
 * Stores the question and opens its answer, in one transaction: what has been accepted is not lost, and a process that
 * dies leaves an open answer behind that says so. The chat's row must be locked.
 * @throws Problem 409 while another answer of the chat is being written
 */
export async function acceptMessage(
  ctx: TransactionContext,
  chat: ChatRow,
  request: ChatRequest,
): Promise<AcceptedMessage> {
  await closeAbandoned(ctx, chat.id)
  const messages = await currentMessages(ctx, chat.id)
  if (messages.some((message) => message.status === 'streaming')) throw stillAnswering()
  const conversation =
    request.trigger === 'submit-message'
      ? await addQuestion(ctx, chat, messages, request)
      : await takeBackAnswer(ctx, chat, messages, request.messageId)
  const question = conversation.at(-1)
  if (question?.role !== 'user') throw conflict('There is no question to answer. Send one first.')
  const answer = { id: newId(), messageId: newId() }
  await ctx.db.insert(chatMessages).values({
    id: answer.id,
    tenantId: ctx.tenant.id,
    chatId: chat.id,
    messageId: answer.messageId,
    ordinal: await nextOrdinal(ctx, chat.id),
    role: 'assistant',
    status: 'streaming',
    parts: [],
    createdAt: ctx.now(),
    writer: thisProcess,
    leaseUntil: sql`now() + make_interval(secs => ${leaseSeconds})`,
  })
  const title = chat.title === '' ? titleOf(question.text) : chat.title
  await ctx.db
    .update(chats)
    .set({ title, updatedAt: ctx.now() })
    .where(and(eq(chats.tenantId, ctx.tenant.id), eq(chats.id, chat.id)))
  return { chat: { ...chat, title }, conversation, answer }
}

function stillAnswering(): Problem {
  return new Problem({
    status: 409,
    type: 'answer-in-progress',
    title: 'An answer is being written',
    detail: 'This chat is being answered. Wait for the end, or stop it with POST /api/chats/{id}/stop.',
    headers: { 'retry-after': '2' },
  })
}

/** Answers whose process has died do not block the chat. */
async function closeAbandoned(ctx: TransactionContext, chatId: string): Promise<void> {
  await ctx.db
    .update(chatMessages)
    .set({ status: 'interrupted', leaseUntil: null })
    .where(
      and(
        eq(chatMessages.tenantId, ctx.tenant.id),
        eq(chatMessages.chatId, chatId),
        eq(chatMessages.status, 'streaming'),
        lt(chatMessages.leaseUntil, sql`now()`),
      ),
    )
}

async function addQuestion(
  ctx: TransactionContext,
  chat: ChatRow,
  messages: MessageRow[],
  request: Extract<ChatRequest, { trigger: 'submit-message' }>,
): Promise<MessageRow[]> {
  const text = storable(request.text)
  const at = messages.findIndex((message) => message.messageId === request.id)
  const earlier = messages[at]
  const before = earlier ? messages.slice(0, at) : messages
  if (earlier) {
    if (earlier.role !== 'user') throw conflict('The message with this id is an answer. Give the question another id.')
    const answered = messages.slice(at + 1).some((message) => message.status === 'done')
    if (!request.replaces && (answered || earlier.text !== text))
      throw conflict('A question with this id is here already. Name it as `messageId` to replace it.')
    // The same question again, after its answer has failed: no second copy.
    if (earlier.text === text) {
      await supersedeFrom(ctx, chat.id, earlier.ordinal + 1)
      return [...before, earlier]
    }
    await supersedeFrom(ctx, chat.id, earlier.ordinal)
  }
  const [question] = await ctx.db
    .insert(chatMessages)
    .values({
      id: newId(),
      tenantId: ctx.tenant.id,
      chatId: chat.id,
      messageId: request.id,
      ordinal: await nextOrdinal(ctx, chat.id),
      role: 'user',
      parts: [{ type: 'text', text }],
      text,
      createdAt: ctx.now(),
    })
    .returning()
  if (!question) throw new Error('The question was not written')
  return [...before, question]
}

/** The named answer, or the last one, and all after it give way to a new one; they stay as history. */
async function takeBackAnswer(
  ctx: TransactionContext,
  chat: ChatRow,
  messages: MessageRow[],
  messageId: string | null,
): Promise<MessageRow[]> {
  const named = messageId === null ? messages.length - 1 : messages.findIndex((row) => row.messageId === messageId)
  const message = messages[named]
  if (!message) {
    if (messageId === null) throw conflict('There is nothing to answer again in this chat.')
    throw notFound('message', messageId)
  }
  const keep = message.role === 'user' ? named + 1 : named
  await supersedeFrom(ctx, chat.id, messages[keep]?.ordinal ?? message.ordinal + 1)
  return messages.slice(0, keep)
}

async function supersedeFrom(ctx: TransactionContext, chatId: string, ordinal: number): Promise<void> {
  await ctx.db
    .update(chatMessages)
    .set({ supersededAt: ctx.now() })
    .where(
      and(
        eq(chatMessages.tenantId, ctx.tenant.id),
        eq(chatMessages.chatId, chatId),
        gte(chatMessages.ordinal, ordinal),
        isNull(chatMessages.supersededAt),
      ),
    )
}

async function nextOrdinal(ctx: TransactionContext, chatId: string): Promise<number> {
  const [last] = await ctx.db
    .select({ ordinal: max(chatMessages.ordinal) })
    .from(chatMessages)
    .where(and(eq(chatMessages.tenantId, ctx.tenant.id), eq(chatMessages.chatId, chatId)))
  return (last?.ordinal ?? 0) + 1
}

const longestTitle = 80

/** The first line of the question, cut at a word. */
function titleOf(question: string): string {
  const line = (question.split('\n', 1)[0] ?? '').replaceAll(/\s+/g, ' ').trim()
  if (line.length <= longestTitle) return line
  const cut = line.lastIndexOf(' ', longestTitle - 1)
  return `${line.slice(0, cut > longestTitle / 2 ? cut : longestTitle - 1).toWellFormed()}…`
}
