import type { Context, TransactionContext } from '@guildhall/kernel'
import { sql } from 'drizzle-orm'
import { indexPrefix, vectorSchema, vectorTable, type VectorSpace } from './vector-index.ts'

interface BaseSize {
  /** Vectors of the base. */
  stored: number
  /** Those of them that the index holds. */
  indexed: number
  /** Vectors of that length in the index over all tenants, as the database last estimated. */
  total: number
}

/** How many vectors bases have, in the order of the bases. Counted once per version of a base. */
export type BaseSizes = (
  ctx: Context,
  bases: readonly { id: string; version: number }[],
  space: Omit<VectorSpace, 'baseId'>,
) => Promise<BaseSize[]>

const mostRemembered = 10_000
/** The estimate of all vectors grows old without the base changing. */
const rememberMs = 10 * 60_000
/** While an index is filled, the base does not change. */
const rememberUnfinishedMs = 3000

export function createBaseSizes(): BaseSizes {
  const remembered = new Map<string, { version: number; until: number; size: BaseSize }>()
  return async (ctx, bases, { model, dims }) => {
    const now = ctx.now().getTime()
    const nameOf = (id: string) => JSON.stringify([ctx.tenant.id, id, model, dims])
    const known = ({ id, version }: { id: string; version: number }) => {
      const entry = remembered.get(nameOf(id))
      return entry?.version === version && entry.until > now ? entry.size : undefined
    }
    const unknown = bases.filter((base) => !known(base))
    const counted =
      unknown.length === 0
        ? new Map<string, BaseSize>()
        : await ctx.transaction(
            (tx) =>
              count(
                tx,
                unknown.map(({ id }) => id),
                model,
                dims,
              ),
            { readOnly: true },
          )
    if (remembered.size > mostRemembered) remembered.clear()
    return bases.map((base) => {
      const size = counted.get(base.id)
      if (size) {
        const until = now + (size.indexed < size.stored ? rememberUnfinishedMs : rememberMs)
        remembered.set(nameOf(base.id), { version: base.version, until, size })
      }
      return size ?? known(base) ?? { stored: 0, indexed: 0, total: 0 }
    })
  }
}

async function count(
  ctx: TransactionContext,
  baseIds: readonly string[],
  model: string,
  dims: number,
): Promise<Map<string, BaseSize>> {
  const same = (table: string) =>
    sql`${sql.raw(table)}.tenant_id = ${ctx.tenant.id} and ${sql.raw(table)}.base_id = base.id and ${sql.raw(table)}.model = ${model} and ${sql.raw(table)}.dims = ${dims}`
  const { rows } = await ctx.db.execute<BaseSize & { id: string } & Record<string, unknown>>(
    sql`select base.id,
        (select count(*) from chunk_embeddings e where ${same('e')})::float8 as stored,
        (select count(*) from ${sql.raw(vectorTable)} v where ${same('v')})::float8 as indexed,
        (select greatest(reltuples, 0) from pg_class
          where relname = ${indexPrefix + String(dims)} and relnamespace = ${vectorSchema}::regnamespace)::float8 as total
      from unnest(${sql.param(baseIds)}::uuid[]) as base (id)`,
  )
  return new Map(rows.map(({ id, stored, indexed, total }) => [id, { stored, indexed, total }]))
}
