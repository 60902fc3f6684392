import { operation } from '@guildhall/kernel'
import { eq } from 'drizzle-orm'
import { z } from 'zod'
import { callCacheTopic } from '../cache/kept-calls.ts'
import { callCache } from '../schema.ts'

export const clearProviderCache = operation({
  name: 'provider-cache.clear',
  summary: 'Forget all answers of this tenant that are kept to be given again',
  description: 'For the day when the models should be asked anew. Every process forgets at once.',
  route: 'DELETE /provider-cache',
  permission: 'providers:admin',
  tool: false,
  input: z.object({}),
  output: z.object({ answers: z.int().describe('Forgotten') }),
  async run(_input, ctx) {
    const gone = await ctx.db
      .delete(callCache)
      .where(eq(callCache.tenantId, ctx.tenant.id))
      .returning({ hash: callCache.requestHash })
    ctx.notice(callCacheTopic, ctx.tenant.id)
    ctx.audit({ metadata: { answers: gone.length } })
    return { answers: gone.length }
  },
})
