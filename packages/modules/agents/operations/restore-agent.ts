import { Id, operation } from '@guildhall/kernel'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import { Agent, describeAgent, loadAgent, loadVersion } from '../agent.ts'
import { agents } from '../schema.ts'

export const restoreAgent = operation({
  name: 'agents.restore',
  summary: 'Make the draft of an agent the same as one of its versions',
  route: 'POST /agents/{id}/restore',
  permission: 'agents:write',
  input: z.object({ id: Id, version: z.int().min(1) }),
  output: Agent,
  async run({ id, version }, ctx) {
    await loadAgent(ctx, id, { lock: true })
    const draft = await loadVersion(ctx, id, version)
    const [row] = await ctx.db
      .update(agents)
      .set({ draft, updatedAt: ctx.now() })
      .where(and(eq(agents.tenantId, ctx.tenant.id), eq(agents.id, id)))
      .returning()
    if (!row) throw new Error('The locked agent went away')
    ctx.audit({ targets: [{ type: 'agent', id, name: row.name }], metadata: { version } })
    return describeAgent(ctx, row)
  },
})
