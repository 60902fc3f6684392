import { auditEvents, containsText, filterOf, matches } from '@guildhall/kernel'
import { and, eq, gte, lt, or, sql, type SQL } from 'drizzle-orm'
import { z } from 'zod'

export const outcomes = ['ok', 'failed', 'denied'] as const

/** What the list and the export can be narrowed by. */
export const auditFilters = {
  action: z
    .string()
    .max(100)
    .optional()
    .describe('Operation or event, for instance `members.remove`; `members.` for all of an area'),
  actorId: z.string().max(100).optional(),
  actorType: z.string().max(20).optional(),
  outcome: filterOf(outcomes),
  from: z.iso.datetime({ offset: true }).optional().describe('Not before this moment'),
  to: z.iso.datetime({ offset: true }).optional().describe('Before this moment'),
}

type Filters = z.output<z.ZodObject<typeof auditFilters>>

export function auditWhere(tenantId: string, filters: Filters & { q?: string | undefined }): SQL | undefined {
  const { action, actorId, actorType, from, to, q } = filters
  return and(
    eq(auditEvents.tenantId, tenantId),
    action === undefined
      ? undefined
      : action.endsWith('.')
        ? sql`starts_with(${auditEvents.action}, ${action})`
        : eq(auditEvents.action, action),
    actorId === undefined ? undefined : eq(auditEvents.actorId, actorId),
    actorType === undefined ? undefined : eq(auditEvents.actorType, actorType),
    matches(auditEvents.outcome, filters.outcome),
    from === undefined ? undefined : gte(auditEvents.at, new Date(from)),
    to === undefined ? undefined : lt(auditEvents.at, new Date(to)),
    or(containsText(auditEvents.action, q), containsText(auditEvents.actorName, q)),
  )
}
