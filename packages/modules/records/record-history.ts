import { isId, notFound, type TransactionContext } from '@guildhall/kernel'
import { desc } from 'drizzle-orm'
import { recordColumns } from './list-records.ts'
import type { RecordAddress, RecordData, RecordVersion } from './record-store.ts'
import { recordHistory, records } from './schema.ts'
import { historyOf, recordAt } from './write-records.ts'

/** All versions, newest first. Each row keeps what it replaced, so version n is read from the row after it. */
export async function readHistory(ctx: TransactionContext, target: RecordAddress): Promise<RecordVersion[]> {
  if (!isId(target.id)) throw notFound('record', target.id)
  const rows = await ctx.db
    .select()
    .from(recordHistory)
    .where(historyOf(ctx, target))
    .orderBy(desc(recordHistory.version))
  if (rows.length === 0) throw notFound('record', target.id)
  const [current] = await ctx.db.select(recordColumns()).from(records).where(recordAt(ctx, target))
  let after: RecordData | null = current?.data ?? null
  return rows.map((row) => {
    const data = row.change === 'remove' ? null : after
    after = row.before
    return {
      version: row.version,
      change: row.change,
      data,
      actor: { type: row.actorType, id: row.actorId, name: row.actorName },
      at: row.at,
    }
  })
}
