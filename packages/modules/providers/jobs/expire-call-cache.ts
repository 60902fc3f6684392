import { job } from '@guildhall/kernel'
import { and, eq, lte } from 'drizzle-orm'
import { z } from 'zod'
import { callCache } from '../schema.ts'

/** Deletes cached calls that are given no more. Queued by whoever keeps some, for the hour after they expire. */
export const expireCallCache = job({
  name: 'providers.expire-call-cache',
  payload: z.object({}),
  async run(_payload, ctx) {
    await ctx.transaction((tx) =>
      tx.db.delete(callCache).where(and(eq(callCache.tenantId, ctx.tenant.id), lte(callCache.expiresAt, ctx.now()))),
    )
  },
})
