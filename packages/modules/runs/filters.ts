import { containsText, filterOf, Id, matches } from '@guildhall/kernel'
import { and, eq, gte, inArray, lt, type SQL } from 'drizzle-orm'
import { z } from 'zod'
import { outcomes } from './run-output.ts'
import { runs } from './schema.ts'

const words = z.string().max(500)
const moment = z.iso.datetime({ offset: true })

/** Filters that the list of runs and its export share. */
export const runFilters = {
  status: filterOf(outcomes).describe('Outcomes, separated by commas'),
  kind: words.optional().describe('Kinds, separated by commas: chat, completion, embedding, analysis, ...'),
  provider: words.optional().describe('Providers that answered, separated by commas'),
  model: words.optional().describe('Models that answered, separated by commas'),
  agentId: Id.optional(),
  projectId: Id.optional(),
  chatId: Id.optional(),
  from: moment.optional().describe('Started at or after this moment'),
  to: moment.optional().describe('Started before this moment'),
  scope: z
    .enum(['tenant', 'agency'])
    .default('tenant')
    .describe(
      '`agency` adds the runs of the clients in reach: all for owners and admins of the agency, those with a grant for its other staff',
    ),
}

const RunFilters = z.object({ q: z.string().max(200).optional(), ...runFilters })

export function whereRuns(filters: z.output<typeof RunFilters>, tenantIds: readonly string[]): SQL | undefined {
  return and(
    inArray(runs.tenantId, [...tenantIds]),
    matches(runs.status, filters.status),
    matches(runs.kind, filters.kind),
    matches(runs.provider, filters.provider),
    matches(runs.model, filters.model),
    filters.agentId ? eq(runs.agentId, filters.agentId) : undefined,
    filters.projectId ? eq(runs.projectId, filters.projectId) : undefined,
    filters.chatId ? eq(runs.chatId, filters.chatId) : undefined,
    filters.from ? gte(runs.startedAt, new Date(filters.from)) : undefined,
    filters.to ? lt(runs.startedAt, new Date(filters.to)) : undefined,
    containsText(runs.title, filters.q),
  )
}
