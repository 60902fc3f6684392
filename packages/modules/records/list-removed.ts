import { invalidInput, type TransactionContext } from '@guildhall/kernel'
import type { CollectionDefinition } from '@guildhall/modules/projects'
import { and, desc, eq, gt, isNotNull, notExists, sql, type SQL } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import type { RemovedQuery, RemovedRecord } from './record-store.ts'
import { recordHistory, records } from './schema.ts'

const later = alias(recordHistory, 'later')

/** What was removed and not restored, last removed first. One page by keyset. */
export async function listRemoved(
  ctx: TransactionContext,
  definition: CollectionDefinition,
  { projectId, collection, limit = 50, cursor, q }: RemovedQuery,
): Promise<{ items: RemovedRecord[]; nextCursor: string | null; total: number | null }> {
  const title = sql<string | null>`${recordHistory.before}->>${definition.titleMember}::text`
  const within = and(
    eq(recordHistory.tenantId, ctx.tenant.id),
    eq(recordHistory.projectId, projectId),
    eq(recordHistory.collection, collection),
    eq(recordHistory.change, 'remove'),
    isNotNull(recordHistory.before),
    // The last word about it, and not there again, by whatever way.
    notExists(
      ctx.db
        .select({ one: sql`1` })
        .from(later)
        .where(
          and(
            eq(later.tenantId, recordHistory.tenantId),
            eq(later.recordId, recordHistory.recordId),
            gt(later.version, recordHistory.version),
          ),
        ),
    ),
    notExists(
      ctx.db
        .select({ one: sql`1` })
        .from(records)
        .where(and(eq(records.tenantId, recordHistory.tenantId), eq(records.id, recordHistory.recordId))),
    ),
    q === undefined || q.trim() === ''
      ? undefined
      : sql`${title} ilike ${`%${q.trim().replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`}`,
  )
  const after = cursor === undefined ? undefined : before(readCursor(cursor))
  const rows = await ctx.db
    .select({
      id: recordHistory.recordId,
      title,
      version: recordHistory.version,
      removedAt: recordHistory.at,
      actor: { type: recordHistory.actorType, id: recordHistory.actorId, name: recordHistory.actorName },
    })
    .from(recordHistory)
    .where(and(within, after))
    .orderBy(desc(recordHistory.at), desc(recordHistory.recordId))
    .limit(limit + 1)
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return {
    items: shown.map((row) => ({
      id: row.id,
      title: row.title ?? row.id,
      version: row.version,
      removedAt: row.removedAt,
      removedBy: row.actor,
    })),
    nextCursor: rows.length > limit && last ? writeCursor(last.removedAt, last.id) : null,
    total: cursor === undefined ? await ctx.db.$count(recordHistory, within) : null,
  }
}

interface Position {
  at: string
  id: string
}

function before({ at, id }: Position): SQL {
  return sql`(${recordHistory.at}, ${recordHistory.recordId}) < (${at}::timestamptz, ${id}::uuid)`
}

/** A removal is stamped in milliseconds, so the text of its Date is exact. */
function writeCursor(at: Date, id: string): string {
  return Buffer.from(JSON.stringify([at.toISOString(), id])).toString('base64url')
}

const Cursor = z.tuple([z.iso.datetime(), z.uuid()])

function readCursor(cursor: string): Position {
  try {
    const [at, id] = Cursor.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()))
    return { at, id }
  } catch {
    throw invalidInput([{ field: 'cursor', message: 'is not a cursor of this list; start again without it' }])
  }
}
