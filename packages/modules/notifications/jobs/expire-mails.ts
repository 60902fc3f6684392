import { job, type TransactionContext } from '@guildhall/kernel'
import { and, asc, eq, lte, ne } from 'drizzle-orm'
import { z } from 'zod'
import { retentionOf } from '../retention.ts'
import { mails } from '../schema.ts'

/** Deletes mails that have outlived their retention. Queued by each day that writes some, for the day after they expire. */
export const expireMails = job({
  name: 'mail.expire',
  payload: z.object({}),
  async run(_payload, ctx) {
    await ctx.transaction(async (tx) => {
      // A mail that waits for the mail server is not old yet: the clock of its delivery is the job's.
      const since = new Date(ctx.now().getTime() - retentionOf(ctx.services))
      const expired = and(lte(mails.createdAt, since), ne(mails.state, 'queued'))
      await tx.db.delete(mails).where(and(eq(mails.tenantId, ctx.tenant.id), expired))
      // The setting may have been longer or shorter when the others were written.
      const [oldest] = await tx.db
        .select({ createdAt: mails.createdAt })
        .from(mails)
        .where(and(eq(mails.tenantId, ctx.tenant.id), ne(mails.state, 'queued')))
        .orderBy(asc(mails.createdAt))
        .limit(1)
      if (oldest) scheduleSweep(tx, oldest.createdAt)
    })
  },
})

/** Queues the sweep for the day after a mail of this moment expires. */
export function scheduleSweep(ctx: TransactionContext, createdAt: Date): void {
  const day = new Date(createdAt.getTime() + retentionOf(ctx.services)).toISOString().slice(0, 10)
  ctx.enqueue(expireMails, {}, { key: day, runAt: new Date(Date.parse(day) + 86_400_000) })
}
