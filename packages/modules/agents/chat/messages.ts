import type { TransactionContext } from '@guildhall/kernel'
import type { UIMessage } from 'ai'
import { and, asc, eq, isNull } from 'drizzle-orm'
import { chatMessages } from '../schema.ts'

export type MessageRow = typeof chatMessages.$inferSelect

/** The messages of a chat that count, oldest first: without what another answer or question has replaced. */
export function currentMessages(ctx: TransactionContext, chatId: string): Promise<MessageRow[]> {
  return ctx.db
    .select()
    .from(chatMessages)
    .where(
      and(eq(chatMessages.tenantId, ctx.tenant.id), eq(chatMessages.chatId, chatId), isNull(chatMessages.supersededAt)),
    )
    .orderBy(asc(chatMessages.ordinal))
}

/** Text of a message for search, titles and prompts. */
export function textOfParts(parts: UIMessage['parts']): string {
  return parts.flatMap((part) => (part.type === 'text' && part.text.trim() !== '' ? [part.text] : [])).join('\n\n')
}

/** The parts as the database can hold them: PostgreSQL's jsonb knows neither NUL nor half a surrogate pair. */
export function storableParts(parts: UIMessage['parts']): UIMessage['parts'] {
  return partsOf(
    JSON.parse(JSON.stringify(parts, (_key, value: unknown) => (typeof value === 'string' ? storable(value) : value))),
  )
}

export function storable(text: string): string {
  return text.replaceAll('\0', '').toWellFormed()
}

/** The copy of parts through JSON has their shape. */
function partsOf(value: unknown): UIMessage['parts'] {
  return value as UIMessage['parts']
}
