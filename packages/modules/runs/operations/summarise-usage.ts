import { Id, invalidInput, operation, Timestamp } from '@guildhall/kernel'
import { z } from 'zod'
import { daysBetween, queryUsage, type UsageGroup } from '../query-usage.ts'
import { reachableTenants } from '../reach.ts'

const Group = z.object({
  key: z
    .string()
    .describe('Day (UTC, YYYY-MM-DD), or id or name of the agent, model, provider or client; empty = none'),
  label: z.string(),
  runs: z.int().describe('Runs; for models and providers: calls'),
  failed: z.int(),
  tokensIn: z.int(),
  tokensOut: z.int(),
  tokensCached: z.int(),
  costMicros: z.number().describe('USD micro-units of what has a known price'),
  costComplete: z.boolean().describe('False when some price is unknown: the cost is "at least" this'),
})

const maxDays = 400

export const summariseUsage = operation({
  name: 'usage.summary',
  summary: 'Tokens and cost of a period, by day, agent, model, provider or client',
  description:
    'Tokens and cost from the ledger, the number of runs that have ended from the journal. An owner or admin of the agency sees all its clients, its other staff those they hold a grant for, a client itself. The sums of the groups are the total, whatever they are grouped by.',
  route: 'GET /usage',
  permission: 'runs:read',
  input: z.object({
    groupBy: z.enum(['day', 'agent', 'model', 'provider', 'client']).default('day'),
    from: z.iso.datetime({ offset: true }).optional().describe('Default: 30 days before `to`'),
    to: z.iso.datetime({ offset: true }).optional().describe('Default: now'),
    projectId: Id.optional(),
  }),
  output: z.object({
    groupBy: z.enum(['day', 'agent', 'model', 'provider', 'client']),
    from: Timestamp,
    to: Timestamp,
    rows: z.array(Group),
    total: Group.omit({ key: true, label: true }),
  }),
  external: true,
  async run({ groupBy, projectId, ...period }, ctx) {
    const to = period.to ? new Date(period.to) : ctx.now()
    const from = period.from ? new Date(period.from) : new Date(to.getTime() - 30 * 86_400_000)
    if (from >= to) throw invalidInput([{ field: 'from', message: 'must be before `to`' }])
    if (to.getTime() - from.getTime() > maxDays * 86_400_000)
      throw invalidInput([{ field: 'from', message: `must be at most ${maxDays} days before \`to\`` }])
    const reach = await reachableTenants(ctx)
    const tenantIds = reach.map((tenant) => tenant.id)
    const found = await ctx.transaction(
      (tx) => queryUsage(ctx.services, tx.db, { groupBy, from, to, projectId, tenantIds }),
      {
        readOnly: true,
        alsoRead: tenantIds,
      },
    )
    const names = new Map(reach.map((tenant) => [tenant.id, tenant.name]))
    const named =
      groupBy === 'client' ? found.map((group) => ({ ...group, label: names.get(group.key) ?? group.label })) : found
    return {
      groupBy,
      from,
      to,
      rows: groupBy === 'day' ? withEmptyDays(named, from, to) : named,
      total: addGroups(named),
    }
  },
})

const nothing = { runs: 0, failed: 0, tokensIn: 0, tokensOut: 0, tokensCached: 0, costMicros: 0, costComplete: true }

function withEmptyDays(groups: readonly UsageGroup[], from: Date, to: Date): UsageGroup[] {
  const known = new Map(groups.map((group) => [group.key, group]))
  return daysBetween(from, to).map((day) => known.get(day) ?? { key: day, label: day, ...nothing })
}

function addGroups(groups: readonly UsageGroup[]): Omit<UsageGroup, 'key' | 'label'> {
  return groups.reduce(
    (total, group) => ({
      runs: total.runs + group.runs,
      failed: total.failed + group.failed,
      tokensIn: total.tokensIn + group.tokensIn,
      tokensOut: total.tokensOut + group.tokensOut,
      tokensCached: total.tokensCached + group.tokensCached,
      costMicros: total.costMicros + group.costMicros,
      costComplete: total.costComplete && group.costComplete,
    }),
    nothing,
  )
}
