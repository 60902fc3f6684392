import { conflict, newId, type TransactionContext } from '@guildhall/kernel'
import { and, eq, like, ne, or } from 'drizzle-orm'
import { changeConfig, type AgentConfigChanges } from './agent-config.ts'
import type { AgentRow } from './agent.ts'
import { agents, type AgentOrigin } from './schema.ts'

export interface NewAgent {
  name: string
  /** Made from the name when left out. */
  slug?: string | undefined
  description?: string | undefined
  projectId?: string | null | undefined
  origin?: AgentOrigin
  draft?: AgentConfigChanges | undefined
}

/** Writes a new agent with its draft. A given slug must be free; one made from the name gets a number when it is not. */
export async function addAgent(ctx: TransactionContext, agent: NewAgent): Promise<AgentRow> {
  if (agent.slug !== undefined) await expectFreeSlug(ctx, agent.slug)
  const [row] = await ctx.db
    .insert(agents)
    .values({
      id: newId(),
      tenantId: ctx.tenant.id,
      slug: agent.slug ?? (await freeSlug(ctx, agent.name)),
      name: agent.name,
      description: agent.description ?? '',
      projectId: agent.projectId ?? null,
      origin: agent.origin ?? null,
      draft: changeConfig(agent.draft ?? {}),
    })
    .returning()
  if (!row) throw new Error('The agent was not written')
  ctx.emit('agent.created', { agentId: row.id })
  return row
}

/** @throws Problem 409 naming `slug` when another agent has it; two at once are told apart by the database. */
export async function expectFreeSlug(ctx: TransactionContext, slug: string, exceptId?: string): Promise<void> {
  const other = and(eq(agents.tenantId, ctx.tenant.id), eq(agents.slug, slug))
  const taken = await ctx.db.$count(agents, exceptId === undefined ? other : and(other, ne(agents.id, exceptId)))
  if (taken > 0)
    throw conflict(`Another agent here has the slug ${slug}. Choose another one.`, [
      { field: 'slug', message: 'is taken' },
    ])
}

async function freeSlug(ctx: TransactionContext, name: string): Promise<string> {
  const base = slugOf(name)
  const taken = await ctx.db
    .select({ slug: agents.slug })
    .from(agents)
    .where(and(eq(agents.tenantId, ctx.tenant.id), or(eq(agents.slug, base), like(agents.slug, `${base}-%`))))
  const slugs = new Set(taken.map((row) => row.slug))
  for (let number = 1; ; number++) {
    const slug = number === 1 ? base : `${base}-${String(number)}`
    if (!slugs.has(slug)) return slug
  }
}

/** Room is left for a number at the end. */
function slugOf(name: string): string {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 56)
    .replaceAll(/^-+|-+$/g, '')
  return slug === '' ? 'agent' : slug
}
