import { operation, Timestamp } from '@guildhall/kernel'
import { z } from 'zod'
import {
  Activity,
  activityByDay,
  activityByTenant,
  activityOf,
  before,
  lastDays,
  lastRuns,
  noActivity,
} from '../activity.ts'
import { clientsInReach } from '../reach.ts'

const Day = Activity.extend({ day: z.string().describe('UTC, YYYY-MM-DD') })

export const showAgencyOverview = operation({
  name: 'overview.agency',
  summary: 'How the agency and its clients do: numbers, the period before, a day by day series, each client',
  route: 'GET /overview/agency',
  permission: 'overview:read',
  tenant: 'agency',
  external: true,
  input: z.object({ days: z.int().min(1).max(366).default(30) }),
  output: z.object({
    from: Timestamp,
    to: Timestamp,
    clients: z.int().describe('Clients within reach that are not archived'),
    activeClients: z.int().describe('Those with a run in the period'),
    total: Activity.describe('The agency itself and its clients'),
    previous: Activity.describe('The period of the same length before'),
    series: z.array(Day),
    byClient: z.array(
      Activity.extend({
        id: z.string(),
        slug: z.string(),
        name: z.string(),
        industry: z.string().nullable(),
        brand: z.object({ color: z.string().optional(), logoFileId: z.string().optional() }),
        demo: z.boolean(),
        lastRunAt: Timestamp.nullable(),
      }),
    ),
  }),
  async run({ days }, ctx) {
    const period = lastDays(ctx.now(), days)
    const clients = (await clientsInReach(ctx))
      .map((each) => each.tenant)
      .filter((tenant) => tenant.archivedAt === null)
    const clientIds = clients.map((client) => client.id)
    const ids = [ctx.tenant.id, ...clientIds]
    return await ctx.transaction(
      async ({ db }) => {
        const perClient = await activityByTenant(db, clientIds, period)
        const last = await lastRuns(db, clientIds)
        return {
          ...period,
          clients: clients.length,
          activeClients: perClient.size,
          total: await activityOf(db, ids, period),
          previous: await activityOf(db, ids, before(period)),
          series: await activityByDay(db, ids, period),
          byClient: clients.map(({ id, slug, name, industry, brand, demo }) => ({
            ...(perClient.get(id) ?? noActivity),
            id,
            slug,
            name,
            industry,
            brand,
            demo,
            lastRunAt: last.get(id) ?? null,
          })),
        }
      },
      { readOnly: true, alsoRead: clientIds },
    )
  },
})
