import { operation, Timestamp } from '@guildhall/kernel'
import { runs } from '@guildhall/modules/runs'
import { z } from 'zod'
import { Activity, activityBy, activityByDay, activityOf, before, lastDays, lastRuns } from '../activity.ts'

const Day = Activity.extend({ day: z.string().describe('UTC, YYYY-MM-DD') })
const Named = Activity.extend({ name: z.string() })

export const showClientOverview = operation({
  name: 'overview.client',
  summary: 'How one client does: numbers, the period before, a day by day series, by kind and by agent',
  route: 'GET /overview/client',
  permission: 'overview:read',
  tenant: 'client',
  input: z.object({ days: z.int().min(1).max(366).default(30) }),
  output: z.object({
    from: Timestamp,
    to: Timestamp,
    total: Activity,
    previous: Activity.describe('The period of the same length before'),
    series: z.array(Day),
    byKind: z.array(Named),
    byAgent: z.array(Named),
    lastRunAt: Timestamp.nullable(),
  }),
  async run({ days }, ctx) {
    const { db, tenant } = ctx
    const ids = [tenant.id]
    const period = lastDays(ctx.now(), days)
    return {
      ...period,
      total: await activityOf(db, ids, period),
      previous: await activityOf(db, ids, before(period)),
      series: await activityByDay(db, ids, period),
      byKind: await activityBy(db, runs.kind, ids, period, 10),
      byAgent: await activityBy(db, runs.agentName, ids, period, 10),
      lastRunAt: (await lastRuns(db, ids)).get(tenant.id) ?? null,
    }
  },
})
