import type { Context } from '@guildhall/kernel'
import { and, eq, inArray, isNull, ne, or } from 'drizzle-orm'
import { embedSource } from '../jobs/embed-source.ts'
import { knowledgeSources } from '../schema.ts'

const sourcesPerSearch = 200
const pauseMs = 10 * 60_000
const mostRemembered = 10_000

/**
 * Queues the embedding of sources that were read while no provider could embed, or while another model was in use: a
 * search is what shows that a provider can do it now.
 */
export type FillMissingVectors = (ctx: Context, bases: readonly { id: string }[], model: string) => Promise<void>

/** Looks at a base at most every ten minutes, so that a provider that keeps failing is not asked again with each search. */
export function createFillMissingVectors(): FillMissingVectors {
  const looked = new Map<string, number>()
  return async (ctx, bases, model) => {
    const now = ctx.now().getTime()
    const due = bases.filter(({ id }) => now - (looked.get(`${id} ${model}`) ?? 0) > pauseMs)
    if (due.length === 0) return
    if (looked.size > mostRemembered) looked.clear()
    for (const { id } of due) looked.set(`${id} ${model}`, now)
    await ctx.transaction(async (tx) => {
      const sources = await tx.db
        .select({ id: knowledgeSources.id })
        .from(knowledgeSources)
        .where(
          and(
            eq(knowledgeSources.tenantId, tx.tenant.id),
            inArray(
              knowledgeSources.baseId,
              due.map(({ id }) => id),
            ),
            eq(knowledgeSources.state, 'ready'),
            or(
              inArray(knowledgeSources.vectors, ['none', 'failed']),
              and(
                eq(knowledgeSources.vectors, 'ready'),
                or(isNull(knowledgeSources.vectorModel), ne(knowledgeSources.vectorModel, model)),
              ),
            ),
          ),
        )
        .limit(sourcesPerSearch)
      for (const { id } of sources) tx.enqueue(embedSource, { sourceId: id, model }, { key: id })
    })
  }
}
