import { operation } from '@guildhall/kernel'
import { and, eq, gt, sql } from 'drizzle-orm'
import { z } from 'zod'
import { callCache, providerRoutes } from '../schema.ts'

export const getProviderCache = operation({
  name: 'provider-cache.get',
  summary: 'Answers that are kept to be given again, by route, and what that has saved',
  description:
    'A route keeps answers while its rules say so. Answers given again cost nothing and are journaled as cached.',
  route: 'GET /provider-cache',
  permission: 'providers:read',
  input: z.object({}),
  output: z.object({
    items: z.array(
      z.object({
        routeId: z.string(),
        alias: z.string().nullable().describe('Null when the route is not this tenant’s own'),
        answers: z.int().describe('Kept now'),
        hits: z.int().describe('Times that one of them was given again'),
        savedMicros: z
          .number()
          .describe('USD micro-units that these would have cost; at least, where a price is unknown'),
      }),
    ),
  }),
  async run(_input, ctx) {
    const items = await ctx.db
      .select({
        routeId: callCache.route,
        alias: providerRoutes.alias,
        answers: sql<number>`count(*)::int`,
        hits: sql<number>`coalesce(sum(${callCache.hits}), 0)::int`,
        savedMicros: sql<number>`coalesce(sum(${callCache.hits} * ${callCache.costMicros}), 0)::float8`,
      })
      .from(callCache)
      .leftJoin(
        providerRoutes,
        and(eq(providerRoutes.tenantId, callCache.tenantId), sql`${providerRoutes.id}::text = ${callCache.route}`),
      )
      .where(and(eq(callCache.tenantId, ctx.tenant.id), gt(callCache.expiresAt, ctx.now())))
      .groupBy(callCache.route, providerRoutes.alias)
      .orderBy(callCache.route)
    return { items }
  },
})
