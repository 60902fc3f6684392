import { createHash, type Hash } from 'node:crypto'
import type { Database } from '@guildhall/kernel'
import { and, asc, eq, gt } from 'drizzle-orm'
import { exactNumber } from './micros.ts'
import { usageEntries } from './schema.ts'

type Entry = typeof usageEntries.$inferSelect

export interface MonthFigures {
  entries: number
  tokensIn: number
  tokensOut: number
  costMicros: number
  unpriced: number
  digest: string
}

const pageSize = 2000

/**
 * Reads all entries that count in a month, in the order of their ids, and adds them up in whole numbers. An entry without a
 * price counts as unpriced unless a correction of the same month has given it one.
 */
export async function sumMonth(db: Database, tenantId: string, month: string): Promise<MonthFigures> {
  const hash = createHash('sha256')
  const unpriced = new Set<string>()
  const resolved = new Set<string>()
  let entries = 0
  let tokensIn = 0n
  let tokensOut = 0n
  let cost = 0n
  for (let after: string | null = ''; after !== null;) {
    const page: Entry[] = await db
      .select()
      .from(usageEntries)
      .where(
        and(
          eq(usageEntries.tenantId, tenantId),
          eq(usageEntries.month, month),
          after === '' ? undefined : gt(usageEntries.id, after),
        ),
      )
      .orderBy(asc(usageEntries.id))
      .limit(pageSize)
    for (const entry of page) {
      addLine(hash, entry)
      entries++
      tokensIn += BigInt(entry.tokensIn)
      tokensOut += BigInt(entry.tokensOut)
      cost += BigInt(entry.costMicros ?? 0)
      if (entry.entry === 'usage' && entry.costMicros === null) unpriced.add(entry.id)
      if (entry.refersTo !== null && entry.costMicros !== null) resolved.add(entry.refersTo)
    }
    after = page.length === pageSize ? (page.at(-1)?.id ?? null) : null
  }
  return {
    entries,
    tokensIn: exactNumber(tokensIn),
    tokensOut: exactNumber(tokensOut),
    costMicros: exactNumber(cost),
    unpriced: unpriced.difference(resolved).size,
    digest: `v1:${hash.digest('hex')}`,
  }
}

/** All that an entry says, in a fixed order: part of the format that `v1` names. */
function addLine(hash: Hash, entry: Entry): void {
  const { images = null, audioSeconds = null, characters, searches = null } = entry.units ?? {}
  const line = [
    entry.id,
    entry.entry,
    entry.refersTo,
    entry.month,
    entry.occurredAt.toISOString(),
    entry.recordedAt.toISOString(),
    entry.runId,
    entry.kind,
    entry.outcome,
    entry.source,
    entry.provider,
    entry.model,
    entry.route,
    entry.actorType,
    entry.actorId,
    entry.projectId,
    entry.agentId,
    entry.tokensIn,
    entry.tokensOut,
    entry.tokensCached,
    entry.tokensCacheWrite,
    entry.tokensReasoning,
    entry.estimated,
    entry.costMicros,
    entry.priceVersion,
    // Only where there are any: entries from before they were counted keep their digest.
    [images, audioSeconds, searches, ...(characters === undefined ? [] : [characters])],
    entry.note,
    entry.bookedBy,
  ]
  hash.update(`${JSON.stringify(line)}\n`)
}
