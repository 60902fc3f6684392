import type { Database, TransactionContext } from '@guildhall/kernel'
import { sql, type SQL } from 'drizzle-orm'

/**
 * Where a store with pgvector keeps its index. Not in `public`: no numbered migration and no backup knows it, since all of
 * it is made of `chunk_embeddings` (prepare-vector-index.ts, jobs/index-vectors.ts).
 */
export const vectorSchema = 'gh_vectors'
export const vectorTable = `${vectorSchema}.chunk_vectors`
/** An index per length of vector, named `nearest_<length>`. */
export const indexPrefix = 'nearest_'

/** What a store with pgvector can search; null in its place where there is no pgvector. */
export interface VectorIndex {
  /** Schema of the extension's types and operators, quoted. */
  types: string
  /** Lengths of vectors that have an index. */
  dims: ReadonlySet<number>
  /** Bases with fewer vectors are scanned in memory, which is exact and at that size faster. */
  from: number
}

/** What the comment on the schema says. */
export interface VectorIndexSettings {
  /** Grows when the table changes: it is then made anew. */
  layout: number
  from: number
}

/** The index as the caller's connection finds it; null without pgvector, or before a start has prepared it. */
export async function findVectorIndex(db: Database): Promise<VectorIndex | null> {
  const { rows } = await db.execute<{ types: string; settings: string | null; dims: number[] }>(
    sql`select x.extnamespace::regnamespace::text as types, obj_description(n.oid, 'pg_namespace') as settings,
        array(
          select substring(i.relname from ${`^${indexPrefix}(\\d+)$`})::int
          from pg_index join pg_class i on i.oid = indexrelid
          where indrelid = c.oid and indisvalid and i.relname like ${`${indexPrefix.replace('_', '\\_')}%`}
        ) as dims
      from pg_extension x, pg_namespace n
      join pg_class c on c.relnamespace = n.oid and c.relname = 'chunk_vectors'
      join pg_attribute a on a.attrelid = c.oid and a.attname = 'vector' and not a.attisdropped
      where x.extname = 'vector' and n.nspname = ${vectorSchema}`,
  )
  const settings = readSettings(rows[0]?.settings ?? null)
  if (!rows[0] || !settings) return null
  return { types: rows[0].types, dims: new Set(rows[0].dims), from: settings.from }
}

export function readSettings(comment: string | null): VectorIndexSettings | null {
  if (comment === null) return null
  try {
    const value: unknown = JSON.parse(comment)
    if (typeof value !== 'object' || value === null || !('layout' in value) || !('from' in value)) return null
    const { layout, from } = value
    return typeof layout === 'number' && typeof from === 'number' ? { layout, from } : null
  } catch {
    // Somebody else's comment.
    return null
  }
}

/** pgvector indexes 2,000 dimensions as float32 and 4,000 as float16; beyond that nothing. */
export function indexedType(dims: number): 'vector' | 'halfvec' {
  return dims <= 2000 ? 'vector' : 'halfvec'
}

/** The text form of pgvector's types. */
export function vectorText(vector: Float32Array): string {
  return `[${vector.join(',')}]`
}

export interface VectorSpace {
  baseId: string
  /** `provider/model`. */
  model: string
  dims: number
}

/** Adds vectors of one base to the index. One that is there already stays. */
export async function insertVectors(
  ctx: TransactionContext,
  index: VectorIndex,
  { baseId, model, dims }: VectorSpace,
  rows: readonly { chunkId: string; vector: Float32Array }[],
): Promise<void> {
  const ids = rows.map(({ chunkId }) => chunkId)
  const texts = rows.map(({ vector }) => vectorText(vector))
  await ctx.db.execute(
    sql`insert into ${sql.raw(vectorTable)} (tenant_id, chunk_id, base_id, model, dims, vector)
      select ${ctx.tenant.id}::uuid, given.id, ${baseId}::uuid, ${model}, ${dims}::int, given.vector::${typeOf(index, 'vector')}
      from unnest(${sql.param(ids)}::uuid[], ${sql.param(texts)}::text[]) as given (id, vector)
      on conflict do nothing`,
  )
}

/** One of the extension's types, wherever the extension is installed. */
export function typeOf(index: VectorIndex, name: string): SQL {
  return sql.raw(`${index.types}.${name}`)
}
