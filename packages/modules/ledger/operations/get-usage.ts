import { Id, invalidInput, operation } from '@guildhall/kernel'
import { z } from 'zod'
import { ClientSlug, Month, UsageTotals } from '../ledger-output.ts'
import { endOf, monthOf, startOf } from '../months.ts'
import { namedTenants } from '../reach.ts'
import {
  addUsage,
  nameGroups,
  noUsage,
  usageBy,
  usageGroupings,
  type UsageGroup,
  type UsageQuery,
} from '../usage-by.ts'

const Group = UsageTotals.extend({
  key: z.string().describe('Day (YYYY-MM-DD), id, name, or `type:id` of who asked; empty = none'),
  label: z.string(),
})
const maxDays = 400
const moment = z.iso.datetime({ offset: true })

export const getUsage = operation({
  name: 'ledger.usage',
  summary: 'Calls, tokens and cost by client, project, agent, model, provider, route, kind, person or key, or day',
  description:
    'From the ledger: every attempt counts, also failed and cut ones, and corrections count where their call does. Of a month of the books, or of the calls made in a period. The sums of the groups are the total, whatever they are grouped by.',
  route: 'GET /ledger/usage',
  permission: 'ledger:read',
  input: z.object({
    groupBy: z.enum(usageGroupings).default('day'),
    month: Month.optional().describe('A month of the books; default: this month, unless a period is given'),
    from: moment.optional().describe('Calls at or after this moment, instead of a month'),
    to: moment.optional().describe('Calls before this moment'),
    client: ClientSlug.optional(),
    projectId: Id.optional(),
    agentId: Id.optional(),
  }),
  output: z.object({ groupBy: z.enum(usageGroupings), rows: z.array(Group), total: UsageTotals }),
  external: true,
  async run({ groupBy, client, projectId, agentId, ...input }, ctx) {
    const period = periodOf(input, ctx.now())
    const reach = await namedTenants(ctx, 'ledger:read', client)
    const tenantIds = reach.map((tenant) => tenant.id)
    const query: UsageQuery = { groupBy, period, tenantIds, projectId, agentId }
    const groups = await ctx.transaction(
      async ({ db }) => nameGroups(ctx, db, query, await usageBy(db, query), reach),
      { readOnly: true, alsoRead: tenantIds },
    )
    const rows = groupBy === 'day' ? withEmptyDays(groups, period, ctx.now()) : groups
    return { groupBy, rows, total: addUsage(groups) }
  },
})

function periodOf(
  input: { month?: string | undefined; from?: string | undefined; to?: string | undefined },
  now: Date,
): UsageQuery['period'] {
  const { month } = input
  if (month !== undefined || (input.from === undefined && input.to === undefined)) {
    if (input.from !== undefined || input.to !== undefined)
      throw invalidInput([{ field: 'month', message: 'cannot be given together with a period' }])
    return { month: month ?? monthOf(now) }
  }
  const to = input.to ? new Date(input.to) : now
  const from = input.from ? new Date(input.from) : new Date(to.getTime() - 30 * 86_400_000)
  if (from >= to) throw invalidInput([{ field: 'from', message: 'must be before `to`' }])
  if (to.getTime() - from.getTime() > maxDays * 86_400_000)
    throw invalidInput([{ field: 'from', message: `must be at most ${String(maxDays)} days before \`to\`` }])
  return { from, to }
}

/** Every day of the period up to today, also those without a call; earlier days are late entries of closed months. */
function withEmptyDays(groups: readonly UsageGroup[], period: UsageQuery['period'], now: Date): UsageGroup[] {
  const from = 'month' in period ? startOf(period.month) : period.from
  const end = 'month' in period ? endOf(period.month) : period.to
  const to = 'month' in period && end > now ? now : end
  const days = new Map(groups.map((group) => [group.key, group]))
  for (let day = Date.parse(from.toISOString().slice(0, 10)); day < to.getTime(); day += 86_400_000) {
    const key = new Date(day).toISOString().slice(0, 10)
    if (!days.has(key)) days.set(key, { key, label: key, ...noUsage })
  }
  return [...days.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1))
}
