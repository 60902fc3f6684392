import { job } from '@guildhall/kernel'
import { and, eq, lte } from 'drizzle-orm'
import { z } from 'zod'
import { cachedAnswers } from '../schema.ts'

/** Deletes answers that are too old to be given again. Queued by each day that keeps some, for the day after they expire. */
export const expireCachedAnswers = job({
  name: 'providers.expire-cached-answers',
  payload: z.object({}),
  async run(_payload, ctx) {
    await ctx.transaction((tx) =>
      tx.db
        .delete(cachedAnswers)
        .where(and(eq(cachedAnswers.tenantId, ctx.tenant.id), lte(cachedAnswers.expiresAt, ctx.now()))),
    )
  },
})
