import { auditEvents, listInput, listRows, operation, page, Timestamp } from '@guildhall/kernel'
import { z } from 'zod'
import { auditFilters, auditWhere, outcomes } from '../filters.ts'

const AuditEvent = z.object({
  id: z.string(),
  at: Timestamp,
  action: z.string(),
  actorType: z.string(),
  actorId: z.string(),
  actorName: z.string(),
  targets: z.array(z.object({ type: z.string(), id: z.string(), name: z.string().optional() })),
  metadata: z.record(z.string(), z.unknown()),
  outcome: z.enum(outcomes),
  requestId: z.string(),
})

export const listAuditEvents = operation({
  name: 'audit.list',
  summary: 'Who did what, newest first',
  route: 'GET /audit',
  permission: 'audit:admin',
  input: listInput(['at'], auditFilters),
  output: page(AuditEvent),
  async run(input, ctx) {
    return await listRows<typeof auditEvents.$inferSelect>(
      ctx.db,
      {
        table: auditEvents,
        id: auditEvents.id,
        sortable: { at: auditEvents.at },
        defaultSort: '-at',
        where: auditWhere(ctx.tenant.id, input),
      },
      input,
    )
  },
})
