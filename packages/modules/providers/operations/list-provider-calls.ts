import { operation, Timestamp } from '@guildhall/kernel'
import { reachableTenants } from '@guildhall/modules/ledger'
import { z } from 'zod'
import { recentCalls } from '../recent-calls.ts'

const dayMs = 86_400_000

const CallAttempt = z.object({
  provider: z.string(),
  model: z.string(),
  outcome: z.enum(['ok', 'failed', 'cancelled', 'interrupted']),
  source: z.enum(['fresh', 'cached', 'extractive']),
  ms: z.int().describe('Milliseconds; 0 with a reason = passed over, nothing was sent'),
  firstTokenMs: z.int().nullable(),
  tokensIn: z.int().nullable(),
  tokensOut: z.int().nullable(),
  costMicros: z.number().nullable().describe('USD micro-units; null = price unknown'),
  status: z.int().nullable().describe('HTTP status of the provider'),
  reason: z
    .string()
    .nullable()
    .describe('Why it failed or was passed over; of one that answered: why not an earlier one'),
  error: z.string().nullable(),
})

export const listProviderCalls = operation({
  name: 'provider-calls.list',
  summary: 'The latest calls of routes, with every attempt: who answered, who failed before and how',
  description:
    'Of the last 24 hours, the latest first; for watching a route. At an agency, those of the clients that the caller reaches as well.',
  route: 'GET /provider-calls',
  permission: 'runs:read',
  input: z.object({
    route: z.string().max(60).optional().describe('Alias; default: all routes'),
    limit: z.coerce.number().int().min(1).max(100).default(20),
  }),
  output: z.object({
    items: z.array(
      z.object({
        runId: z.uuid(),
        stepId: z.uuid().describe('A run may call several times'),
        client: z.object({ slug: z.string(), name: z.string() }).nullable().describe('Null = the tenant’s own'),
        route: z.string().nullable(),
        title: z.string(),
        actorName: z.string(),
        at: Timestamp,
        ms: z.int().describe('Milliseconds from the first attempt to the end of the last'),
        attempts: z.array(CallAttempt),
      }),
    ),
  }),
  external: true,
  async run({ route, limit }, ctx) {
    const reach = await reachableTenants(ctx, 'runs:read')
    const byId = new Map(reach.map((tenant) => [tenant.id, tenant]))
    const tenantIds = [...byId.keys()]
    const since = new Date(ctx.now().getTime() - dayMs)
    const calls = await ctx.transaction(({ db }) => recentCalls(db, { tenantIds, route, since, limit }), {
      readOnly: true,
      alsoRead: tenantIds,
    })
    return {
      items: calls.map(({ tenantId, attempts, ...call }) => {
        const tenant = byId.get(tenantId)
        const starts = attempts.map(({ startedAt }) => startedAt.getTime())
        const at = Math.min(...starts)
        return {
          ...call,
          client:
            tenant?.kind === 'client' && tenant.id !== ctx.tenant.id ? { slug: tenant.slug, name: tenant.name } : null,
          at: new Date(at),
          ms: Math.max(...attempts.map(({ startedAt, ms }) => startedAt.getTime() + ms)) - at,
          attempts,
        }
      }),
    }
  },
})
