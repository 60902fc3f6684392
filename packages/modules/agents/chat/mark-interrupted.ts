import { tenants, type Runtime, isKnownDead } from '@guildhall/kernel'
import { and, eq, inArray, lt, sql } from 'drizzle-orm'
import { chatMessages } from '../schema.ts'

const lookEveryMs = 30_000
const tenantsAtOnce = 500

/**
 * Marks answers of dead processes as interrupted; what was stored of them stays. Those of living ones are left alone.
 * @returns how many were marked
 */
export async function markInterrupted(runtime: Runtime): Promise<number> {
  const all = await runtime.database.within({ tenantId: null, readOnly: true }, (db) =>
    db.select({ id: tenants.id }).from(tenants),
  )
  let marked = 0
  for (let from = 0; from < all.length; from += tenantsAtOnce) {
    const readable = all.slice(from, from + tenantsAtOnce).map((row) => row.id)
    const open = await runtime.database.within({ tenantId: null, readable, readOnly: true }, (db) =>
      db
        .select({
          id: chatMessages.id,
          tenantId: chatMessages.tenantId,
          writer: chatMessages.writer,
          expired: sql<boolean>`${lt(chatMessages.leaseUntil, sql`now()`)}`,
        })
        .from(chatMessages)
        .where(and(inArray(chatMessages.tenantId, readable), eq(chatMessages.status, 'streaming'))),
    )
    for (const answer of open) if (answer.expired || isKnownDead(answer.writer)) marked += await mark(runtime, answer)
  }
  return marked
}

async function mark(runtime: Runtime, answer: { id: string; tenantId: string }): Promise<number> {
  const rows = await runtime.database.within({ tenantId: answer.tenantId }, (db) =>
    db
      .update(chatMessages)
      .set({ status: 'interrupted', leaseUntil: null })
      .where(
        and(
          eq(chatMessages.tenantId, answer.tenantId),
          eq(chatMessages.id, answer.id),
          eq(chatMessages.status, 'streaming'),
        ),
      )
      .returning({ id: chatMessages.id }),
  )
  return rows.length
}

/** Looks for them at the start and from then on; at the stop waits until the answers of this process are stored. */
export async function keepAnswers(runtime: Runtime): Promise<() => Promise<void>> {
  await markInterrupted(runtime)
  const timer = setInterval(() => {
    markInterrupted(runtime).catch((error: unknown) =>
      runtime.log.warn({ err: error }, 'interrupted answers could not be marked'),
    )
  }, lookEveryMs)
  timer.unref()
  return async () => {
    clearInterval(timer)
    await Promise.all(runtime.services.agents.answers.all().map((answer) => answer.ended))
  }
}
