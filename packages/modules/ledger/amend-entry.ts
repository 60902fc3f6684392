import { newId, notFound, type TransactionContext } from '@guildhall/kernel'
import { and, eq, or } from 'drizzle-orm'
import { countingMonths } from './book-usage.ts'
import { lockEntry } from './lock-month.ts'
import { exactNumber } from './micros.ts'
import { usageEntries } from './schema.ts'

export type Entry = typeof usageEntries.$inferSelect

/** What an entry should have said. Members that are absent stay as they are. */
interface RightValues {
  costMicros?: number
  tokensIn?: number
  tokensOut?: number
  tokensCached?: number
  tokensCacheWrite?: number
  tokensReasoning?: number
  /** What the right cost was computed with; null = said by a person. */
  priceVersion?: string | null
}

export interface Amendment {
  entryId: string
  /** Null takes the entry back altogether. */
  to: RightValues | null
  /** Why. */
  note: string
}

const tokenColumns = ['tokensIn', 'tokensOut', 'tokensCached', 'tokensCacheWrite', 'tokensReasoning'] as const

/**
 * Books the difference between what an entry has come to, earlier corrections included, and what it should say. The new
 * entry bears the moment of the call and counts in its month, or in the first open one after it.
 * @throws Problem 404 when there is no such entry of a call here
 */
export async function amendEntry(
  tx: Pick<TransactionContext, 'db' | 'tenant' | 'now' | 'actor'>,
  { entryId, to, note }: Amendment,
): Promise<Entry> {
  await lockEntry(tx.db, entryId)
  const rows = await tx.db
    .select()
    .from(usageEntries)
    .where(
      and(
        eq(usageEntries.tenantId, tx.tenant.id),
        or(eq(usageEntries.id, entryId), eq(usageEntries.refersTo, entryId)),
      ),
    )
  const original = rows.find((row) => row.id === entryId)
  if (!original || original.entry !== 'usage') throw notFound('entry of a call', entryId)
  const counting = await countingMonths(tx, [original.occurredAt])
  const sum = (value: (row: Entry) => number | null) => rows.reduce((total, row) => total + BigInt(value(row) ?? 0), 0n)
  const known = rows.some((row) => row.costMicros !== null)
  const values: typeof usageEntries.$inferInsert = {
    ...original,
    id: newId(),
    entry: to === null ? 'reversal' : 'correction',
    refersTo: original.id,
    month: counting(original.occurredAt),
    recordedAt: tx.now(),
    costMicros: original.costMicros,
    priceVersion: to?.priceVersion ?? null,
    units: null,
    note,
    bookedBy: `${tx.actor.type}:${tx.actor.id}`,
    bookedByName: tx.actor.name,
  }
  for (const column of tokenColumns) {
    const is = sum((row) => row[column])
    values[column] = exactNumber(BigInt(to === null ? 0 : (to[column] ?? is)) - is)
  }
  const cost = sum((row) => row.costMicros)
  // Without a word about the cost an unknown one stays unknown; a call that is taken back is known to cost nothing.
  if (to === null) values.costMicros = exactNumber(-cost)
  else if (to.costMicros !== undefined) values.costMicros = exactNumber(BigInt(to.costMicros) - cost)
  else values.costMicros = known ? 0 : null
  const [booked] = await tx.db.insert(usageEntries).values(values).returning()
  if (!booked) throw new Error('The correction was not written')
  return booked
}
