import { operation, Timestamp } from '@guildhall/kernel'
import { reachableTenants } from '@guildhall/modules/ledger'
import { z } from 'zod'
import { figuresByProvider, figuresOverTime, lastFailures } from '../connection-figures.ts'

const hourMs = 3_600_000
/** Length of the period and of the pieces that it is shown in. */
const periods = {
  hour: { lengthMs: hourMs, pieceMs: hourMs / 12 },
  day: { lengthMs: 24 * hourMs, pieceMs: hourMs },
} as const

const Figures = z.object({
  calls: z.int().describe('Sent to the provider; without those that their caller cancelled'),
  failed: z.int(),
  p50Ms: z.number().nullable().describe('Median milliseconds of those that were answered'),
  p95Ms: z.number().nullable(),
})
const none = { calls: 0, failed: 0, p50Ms: null, p95Ms: null }

export const listProviderHealth = operation({
  name: 'provider-health.list',
  summary: 'How often and how fast each provider has answered in the last hour or day, and its last failure',
  description: 'From the journal. At an agency, with the calls of the clients that the caller reaches.',
  route: 'GET /provider-health',
  permission: 'runs:read',
  input: z.object({ period: z.enum(['hour', 'day']).default('hour') }),
  output: z.object({
    period: z.enum(['hour', 'day']),
    from: Timestamp,
    to: Timestamp,
    items: z.array(
      Figures.extend({
        provider: z.string().describe('Slug of the connection'),
        pieces: z.array(Figures.extend({ at: Timestamp.describe('Its start') })).describe('The period in equal pieces'),
        lastFailure: z
          .object({
            at: Timestamp,
            model: z.string(),
            reason: z.string().nullable(),
            status: z.int().nullable(),
            error: z.string().nullable(),
            runId: z.uuid(),
            client: z.string().nullable().describe('Slug of the client whose run it is; null = the tenant’s own'),
          })
          .nullable()
          .describe('In the last 24 hours'),
      }),
    ),
  }),
  external: true,
  async run({ period }, ctx) {
    const reach = await reachableTenants(ctx, 'runs:read')
    const tenantIds = reach.map((tenant) => tenant.id)
    const { lengthMs, pieceMs } = periods[period]
    const to = ctx.now()
    const since = new Date(to.getTime() - lengthMs)
    const { sums, pieces, failures } = await ctx.transaction(
      async ({ db }) => ({
        sums: await figuresByProvider(db, { tenantIds, since }),
        pieces: await figuresOverTime(db, { tenantIds, since }, pieceMs),
        failures: await lastFailures(db, { tenantIds, since: new Date(to.getTime() - periods.day.lengthMs) }),
      }),
      { readOnly: true, alsoRead: tenantIds },
    )
    const slugs = [...new Set([...sums, ...failures].map(({ provider }) => provider))].toSorted()
    return {
      period,
      from: since,
      to,
      items: slugs.map((provider) => {
        const { provider: _sum, ...sum } = sums.find((each) => each.provider === provider) ?? { provider, ...none }
        const failure = failures.find((each) => each.provider === provider)
        const client = reach.find(
          ({ id, kind }) => id === failure?.tenantId && kind === 'client' && id !== ctx.tenant.id,
        )
        return {
          provider,
          ...sum,
          pieces: Array.from({ length: lengthMs / pieceMs }, (_, piece) => {
            const found = pieces.find((each) => each.provider === provider && each.piece === piece)
            const { calls, failed, p50Ms, p95Ms } = found ?? none
            return { at: new Date(since.getTime() + piece * pieceMs), calls, failed, p50Ms, p95Ms }
          }),
          lastFailure: failure ? { ...failure, client: client?.slug ?? null } : null,
        }
      }),
    }
  },
})
