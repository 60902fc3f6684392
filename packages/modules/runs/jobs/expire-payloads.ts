import { job } from '@guildhall/kernel'
import { and, eq, lte } from 'drizzle-orm'
import { z } from 'zod'
import { payloads } from '../schema.ts'

/** Deletes what has outlived its retention. Queued by each day that stores payloads, for the day after they expire. */
export const expirePayloads = job({
  name: 'runs.expire-payloads',
  payload: z.object({}),
  async run(_payload, ctx) {
    await ctx.transaction((tx) =>
      tx.db.delete(payloads).where(and(eq(payloads.tenantId, ctx.tenant.id), lte(payloads.expiresAt, ctx.now()))),
    )
  },
})
