import { newId, notFound, type TransactionContext } from '@guildhall/kernel'
import { and, eq, inArray, isNull, sql } from 'drizzle-orm'
import { knowledgeBases } from './schema.ts'

export type BaseRow = typeof knowledgeBases.$inferSelect

/** @throws Problem 404 */
export async function loadBase(ctx: TransactionContext, id: string): Promise<BaseRow> {
  const [row] = await ctx.db
    .select()
    .from(knowledgeBases)
    .where(and(eq(knowledgeBases.tenantId, ctx.tenant.id), eq(knowledgeBases.id, id)))
  if (!row) throw notFound('knowledge base', id)
  return row
}

export interface NewBase {
  key: string
  title: string
  description?: string | undefined
  projectId?: string | undefined
}

/** @returns null when a base with this key is there already */
export async function insertBase(ctx: TransactionContext, base: NewBase): Promise<BaseRow | null> {
  const now = ctx.now()
  const [row] = await ctx.db
    .insert(knowledgeBases)
    .values({
      id: newId(),
      tenantId: ctx.tenant.id,
      key: base.key,
      title: base.title,
      description: base.description ?? '',
      projectId: base.projectId ?? null,
      createdAt: now,
      updatedAt: now,
    })
    .onConflictDoNothing()
    .returning()
  return row ?? null
}

/** The base with this key in this project (or outside of projects), made when it is not there. */
export async function ensureBase(ctx: TransactionContext, base: NewBase): Promise<{ id: string }> {
  const inserted = await insertBase(ctx, base)
  if (inserted) return { id: inserted.id }
  const [found] = await ctx.db
    .select({ id: knowledgeBases.id })
    .from(knowledgeBases)
    .where(
      and(
        eq(knowledgeBases.tenantId, ctx.tenant.id),
        eq(knowledgeBases.key, base.key),
        base.projectId === undefined ? isNull(knowledgeBases.projectId) : eq(knowledgeBases.projectId, base.projectId),
      ),
    )
  if (!found) throw new Error(`Knowledge base ${base.key} is neither new nor there`)
  return found
}

export async function existingBases(ctx: TransactionContext, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return []
  const rows = await ctx.db
    .select({ id: knowledgeBases.id })
    .from(knowledgeBases)
    .where(and(eq(knowledgeBases.tenantId, ctx.tenant.id), inArray(knowledgeBases.id, [...ids])))
  return rows.map((row) => row.id)
}

export async function removeProjectBases(ctx: TransactionContext, projectId: string): Promise<number> {
  const removed = await ctx.db
    .delete(knowledgeBases)
    .where(and(eq(knowledgeBases.tenantId, ctx.tenant.id), eq(knowledgeBases.projectId, projectId)))
    .returning({ id: knowledgeBases.id })
  return removed.length
}

/** To be called last in a transaction that changes chunks or vectors: the row is locked until the commit. */
export async function bumpVersion(ctx: TransactionContext, baseId: string): Promise<void> {
  await ctx.db
    .update(knowledgeBases)
    .set({ version: sql`${knowledgeBases.version} + 1`, updatedAt: ctx.now() })
    .where(and(eq(knowledgeBases.tenantId, ctx.tenant.id), eq(knowledgeBases.id, baseId)))
}
