import { containsText, Id, listInput, listRows, operation, page } from '@guildhall/kernel'
import { and, eq, isNotNull, isNull, or } from 'drizzle-orm'
import { z } from 'zod'
import { AgentSummary, summariseAgents, type AgentRow } from '../agent.ts'
import { agents } from '../schema.ts'

export const listAgents = operation({
  name: 'agents.list',
  summary: 'List agents',
  route: 'GET /agents',
  permission: 'agents:read',
  input: listInput(['name', 'createdAt', 'updatedAt'], {
    projectId: Id.optional(),
    archived: z.boolean().default(false).describe('The archived ones instead of those in use'),
    published: z.boolean().optional(),
  }),
  output: page(AgentSummary),
  async run(input, ctx) {
    const where = and(
      eq(agents.tenantId, ctx.tenant.id),
      input.projectId === undefined ? undefined : eq(agents.projectId, input.projectId),
      input.archived ? isNotNull(agents.archivedAt) : isNull(agents.archivedAt),
      input.published === undefined
        ? undefined
        : input.published
          ? isNotNull(agents.publishedVersion)
          : isNull(agents.publishedVersion),
      or(containsText(agents.name, input.q), containsText(agents.description, input.q)),
    )
    const rows = await listRows<AgentRow>(
      ctx.db,
      {
        table: agents,
        id: agents.id,
        sortable: { name: agents.name, createdAt: agents.createdAt, updatedAt: agents.updatedAt },
        defaultSort: 'name',
        where,
      },
      input,
    )
    return { ...rows, items: await summariseAgents(ctx, rows.items) }
  },
})
