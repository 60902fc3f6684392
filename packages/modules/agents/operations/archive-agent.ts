import { Id, operation } from '@guildhall/kernel'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import { Agent, describeAgent, loadAgent } from '../agent.ts'
import { agents } from '../schema.ts'

export const archiveAgent = operation({
  name: 'agents.archive',
  summary: 'Retire an agent, or take it back out of the archive; its chats stay readable',
  route: 'POST /agents/{id}/archive',
  permission: 'agents:admin',
  tool: false,
  emits: ['agent.archived'],
  input: z.object({ id: Id, archived: z.boolean().default(true) }),
  output: Agent,
  async run({ id, archived }, ctx) {
    const before = await loadAgent(ctx, id, { lock: true })
    const archivedAt = archived ? (before.archivedAt ?? ctx.now()) : null
    const [row] = await ctx.db
      .update(agents)
      .set({ archivedAt, updatedAt: ctx.now() })
      .where(and(eq(agents.tenantId, ctx.tenant.id), eq(agents.id, id)))
      .returning()
    if (!row) throw new Error('The locked agent went away')
    ctx.audit({ targets: [{ type: 'agent', id, name: row.name }] })
    if (archived && !before.archivedAt) ctx.emit('agent.archived', { agentId: id })
    return describeAgent(ctx, row)
  },
})
