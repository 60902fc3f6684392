import { Id, operation, Slug } from '@guildhall/kernel'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import { expectFreeSlug } from '../add-agent.ts'
import { AgentConfigChanges, changeConfig } from '../agent-config.ts'
import { Agent, AgentDescription, AgentName, describeAgent, loadAgent } from '../agent.ts'
import { agents } from '../schema.ts'

export const updateAgent = operation({
  name: 'agents.update',
  summary: 'Change an agent or its draft; what is published stays as it is',
  route: 'PATCH /agents/{id}',
  permission: 'agents:write',
  input: z.object({
    id: Id,
    name: AgentName.optional(),
    slug: Slug.optional(),
    description: AgentDescription.optional(),
    projectId: Id.nullable().optional(),
    draft: AgentConfigChanges.optional(),
  }),
  output: Agent,
  async run({ id, draft, ...changes }, ctx) {
    const before = await loadAgent(ctx, id, { lock: true })
    if (changes.slug !== undefined) await expectFreeSlug(ctx, changes.slug, id)
    const [row] = await ctx.db
      .update(agents)
      .set({
        ...changes,
        ...(draft ? { draft: changeConfig(draft, before.draft) } : {}),
        updatedAt: ctx.now(),
      })
      .where(and(eq(agents.tenantId, ctx.tenant.id), eq(agents.id, id)))
      .returning()
    if (!row) throw new Error('The locked agent went away')
    ctx.audit({ targets: [{ type: 'agent', id, name: row.name }] })
    return describeAgent(ctx, row)
  },
})
