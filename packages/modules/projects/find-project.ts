import { isId, notFound, type TransactionContext } from '@guildhall/kernel'
import { and, eq } from 'drizzle-orm'
import { projects } from './schema.ts'

export type ProjectRow = typeof projects.$inferSelect

/** @throws Problem 404 */
export async function findProject(
  ctx: TransactionContext,
  id: string,
  options?: { lock: boolean },
): Promise<ProjectRow> {
  if (!isId(id)) throw notFound('project', id)
  const query = ctx.db.select().from(projects).where(projectAt(ctx, id))
  const [row] = await (options?.lock ? query.for('update') : query)
  if (!row) throw notFound('project', id)
  return row
}

export function projectAt(ctx: TransactionContext, id: string) {
  return and(eq(projects.tenantId, ctx.tenant.id), eq(projects.id, id))
}
