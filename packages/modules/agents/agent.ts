import { Id, notFound, Slug, Timestamp, type TransactionContext } from '@guildhall/kernel'
import { and, eq, inArray } from 'drizzle-orm'
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { AgentConfig } from './agent-config.ts'
import { agents, agentVersions } from './schema.ts'

export type AgentRow = typeof agents.$inferSelect

export const AgentName = z.string().trim().min(1).max(80)
export const AgentDescription = z.string().trim().max(500)

export const AgentSummary = z.object({
  id: Id,
  slug: Slug,
  name: z.string(),
  description: z.string(),
  role: z.string(),
  model: z.string(),
  starters: z.array(z.string()),
  projectId: Id.nullable(),
  origin: z
    .object({ blueprint: z.string(), key: z.string(), version: z.int() })
    .nullable()
    .describe('The blueprint that it was installed from'),
  publishedVersion: z.int().nullable().describe('The version that answers; null = not published yet'),
  hasUnpublishedChanges: z.boolean(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
  archivedAt: Timestamp.nullable(),
})

export const Agent = AgentSummary.extend({
  draft: AgentConfig,
  published: AgentConfig.nullable(),
})

export const AgentVersion = z.object({
  version: z.int(),
  config: AgentConfig,
  note: z.string(),
  publishedAt: Timestamp,
  publishedBy: z.string(),
  current: z.boolean(),
})

/** @throws Problem 404 for an id that is not an agent of this tenant. */
export async function loadAgent(ctx: TransactionContext, id: string, options?: { lock: boolean }): Promise<AgentRow> {
  const query = ctx.db
    .select()
    .from(agents)
    .where(and(eq(agents.tenantId, ctx.tenant.id), eq(agents.id, id)))
  const [row] = await (options?.lock ? query.for('update') : query)
  if (!row) throw notFound('agent', id)
  return row
}

/** @throws Problem 404 when the agent has no such version. */
export async function loadVersion(ctx: TransactionContext, agentId: string, version: number): Promise<AgentConfig> {
  const [row] = await ctx.db
    .select({ config: agentVersions.config })
    .from(agentVersions)
    .where(
      and(
        eq(agentVersions.tenantId, ctx.tenant.id),
        eq(agentVersions.agentId, agentId),
        eq(agentVersions.version, version),
      ),
    )
  if (!row) throw notFound(`version ${String(version)} of agent`, agentId)
  return row.config
}

/** Configurations of the published versions of `rows`, by agent id. */
async function publishedConfigs(ctx: TransactionContext, rows: readonly AgentRow[]): Promise<Map<string, AgentConfig>> {
  const published = rows.filter((row) => row.publishedVersion !== null)
  if (published.length === 0) return new Map()
  const versions = await ctx.db
    .select({ agentId: agentVersions.agentId, version: agentVersions.version, config: agentVersions.config })
    .from(agentVersions)
    .innerJoin(
      agents,
      and(
        eq(agents.tenantId, agentVersions.tenantId),
        eq(agents.id, agentVersions.agentId),
        eq(agents.publishedVersion, agentVersions.version),
      ),
    )
    .where(
      and(
        eq(agentVersions.tenantId, ctx.tenant.id),
        inArray(
          agentVersions.agentId,
          published.map((row) => row.id),
        ),
      ),
    )
  return new Map(versions.map((row) => [row.agentId, row.config]))
}

function summarise(row: AgentRow, published: AgentConfig | undefined): z.input<typeof AgentSummary> {
  const { id, slug, name, description, projectId, origin, publishedVersion, createdAt, updatedAt, archivedAt } = row
  const { role, model, starters } = row.draft
  return {
    id,
    slug,
    name,
    description,
    role,
    model,
    starters,
    projectId,
    origin,
    publishedVersion,
    hasUnpublishedChanges: !isDeepStrictEqual(published, row.draft),
    createdAt,
    updatedAt,
    archivedAt,
  }
}

export async function summariseAgents(
  ctx: TransactionContext,
  rows: readonly AgentRow[],
): Promise<z.input<typeof AgentSummary>[]> {
  const published = await publishedConfigs(ctx, rows)
  return rows.map((row) => summarise(row, published.get(row.id)))
}

export async function describeAgent(ctx: TransactionContext, row: AgentRow): Promise<z.input<typeof Agent>> {
  const published = (await publishedConfigs(ctx, [row])).get(row.id)
  return { ...summarise(row, published), draft: row.draft, published: published ?? null }
}
