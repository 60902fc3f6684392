import type { TransactionContext } from '@guildhall/kernel'
import { and, eq, max } from 'drizzle-orm'
import type { AgentConfig } from './agent-config.ts'
import type { AgentRow } from './agent.ts'
import { agents, agentVersions } from './schema.ts'

/** Freezes a checked configuration as the next version and lets it answer. The agent's row must be locked. */
export async function publishConfig(
  ctx: TransactionContext,
  agent: AgentRow,
  config: AgentConfig,
  note: string,
): Promise<AgentRow> {
  const mine = and(eq(agentVersions.tenantId, ctx.tenant.id), eq(agentVersions.agentId, agent.id))
  const [last] = await ctx.db
    .select({ version: max(agentVersions.version) })
    .from(agentVersions)
    .where(mine)
  const version = (last?.version ?? 0) + 1
  await ctx.db.insert(agentVersions).values({
    tenantId: ctx.tenant.id,
    agentId: agent.id,
    version,
    config,
    note,
    publishedAt: ctx.now(),
    publishedBy: ctx.actor.name,
  })
  const [row] = await ctx.db
    .update(agents)
    .set({ publishedVersion: version, updatedAt: ctx.now() })
    .where(and(eq(agents.tenantId, ctx.tenant.id), eq(agents.id, agent.id)))
    .returning()
  if (!row) throw new Error('The agent went away while it was published')
  ctx.emit('agent.published', { agentId: agent.id, version })
  return row
}
