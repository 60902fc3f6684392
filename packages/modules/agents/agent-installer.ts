import type { TransactionContext } from '@guildhall/kernel'
import type { AgentDefinition, AgentInstaller, AgentInstallRequest } from '@guildhall/modules/projects'
import { and, eq, isNull, sql } from 'drizzle-orm'
import { addAgent } from './add-agent.ts'
import { changeConfig, type AgentConfig } from './agent-config.ts'
import { loadAgent, loadVersion, type AgentRow } from './agent.ts'
import { findOwnProblems } from './find-config-problems.ts'
import { mergeDefinition } from './merge-definition.ts'
import { publishConfig } from './publish-config.ts'
import { agents } from './schema.ts'

/** Makes agents of projects from the definitions of their blueprints. */
export const agentInstaller: AgentInstaller = {
  async install(ctx, request) {
    const existing = await installed(ctx, request)
    if (existing) return { id: existing.id }
    const { definition, projectId, origin } = request
    const config = changeConfig({
      instructions: definition.instructions,
      tools: definition.tools,
      starters: definition.starters,
      knowledgeBaseIds: [...request.knowledgeBaseIds],
    })
    expectPublishable(ctx, config, definition)
    const { name, description } = definition
    const row = await addAgent(ctx, { name, description, projectId, origin, draft: config })
    await publishConfig(ctx, row, config, noteOf(request))
    return { id: row.id }
  },

  async upgrade(ctx, request) {
    const row = await loadAgent(ctx, request.agentId, { lock: true })
    const { definition, previous, knowledgeBaseIds, origin } = request
    const published = row.publishedVersion === null ? row.draft : await loadVersion(ctx, row.id, row.publishedVersion)
    const merge = (config: AgentConfig) =>
      mergeDefinition({ name: row.name, description: row.description, config }, previous, definition, knowledgeBaseIds)
    const answering = merge(published)
    // What somebody is still working on is not published with it.
    const draft = merge(row.draft)
    expectPublishable(ctx, answering.config, definition)
    const [changed] = await ctx.db
      .update(agents)
      .set({
        name: answering.name,
        description: answering.description,
        origin,
        draft: draft.config,
        updatedAt: ctx.now(),
      })
      .where(and(eq(agents.tenantId, ctx.tenant.id), eq(agents.id, row.id)))
      .returning()
    if (!changed) throw new Error('The locked agent went away')
    await publishConfig(ctx, changed, answering.config, noteOf(request))
    return { keptOverrides: [...new Set([...answering.kept, ...draft.kept])] }
  },

  async archiveProject(ctx, projectId) {
    await ctx.db
      .update(agents)
      .set({ archivedAt: ctx.now(), updatedAt: ctx.now() })
      .where(and(eq(agents.tenantId, ctx.tenant.id), eq(agents.projectId, projectId), isNull(agents.archivedAt)))
  },
}

function noteOf({ origin }: AgentInstallRequest): string {
  return `From blueprint ${origin.blueprint}, version ${String(origin.version)}`
}

async function installed(
  ctx: TransactionContext,
  { projectId, origin }: AgentInstallRequest,
): Promise<AgentRow | null> {
  const [row] = await ctx.db
    .select()
    .from(agents)
    .where(
      and(
        eq(agents.tenantId, ctx.tenant.id),
        eq(agents.projectId, projectId),
        sql`${agents.origin} @> ${JSON.stringify({ blueprint: origin.blueprint, key: origin.key })}::jsonb`,
      ),
    )
  return row ?? null
}

/**
 * The bases have just been made in this transaction; everything else is checked as for people.
 * @throws Error for a definition that cannot work: a mistake of the blueprint
 */
function expectPublishable(ctx: TransactionContext, config: AgentConfig, definition: AgentDefinition): void {
  const [problem] = findOwnProblems(ctx, config)
  if (problem) throw new Error(`Agent ${definition.key} of the blueprint: ${problem.field}: ${problem.message}`)
}
