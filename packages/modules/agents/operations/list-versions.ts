import { Id, operation } from '@guildhall/kernel'
import { and, desc, eq } from 'drizzle-orm'
import { z } from 'zod'
import { AgentVersion, loadAgent } from '../agent.ts'
import { agentVersions } from '../schema.ts'

export const listVersions = operation({
  name: 'agents.versions',
  summary: 'List the published versions of an agent, newest first',
  route: 'GET /agents/{id}/versions',
  permission: 'agents:read',
  input: z.object({ id: Id }),
  output: z.object({ items: z.array(AgentVersion) }),
  async run({ id }, ctx) {
    const { publishedVersion } = await loadAgent(ctx, id)
    const rows = await ctx.db
      .select()
      .from(agentVersions)
      .where(and(eq(agentVersions.tenantId, ctx.tenant.id), eq(agentVersions.agentId, id)))
      .orderBy(desc(agentVersions.version))
    return { items: rows.map((row) => ({ ...row, current: row.version === publishedVersion })) }
  },
})
