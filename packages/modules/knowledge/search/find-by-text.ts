import { rankPassages } from '@guildhall/engines/extractive'
import type { TransactionContext } from '@guildhall/kernel'
import { and, eq, inArray, sql, type SQL } from 'drizzle-orm'
import { knowledgeChunks, knowledgeSources } from '../schema.ts'
import { searchTerms, type SearchTerm } from './index-terms.ts'

/** Chunks that are read and ranked in full. */
const candidates = 120

/**
 * Chunks by their words, best first. The database preselects by the rarity of the terms that a chunk holds (the inverse
 * document frequency of BM25), then the engine ranks those by BM25 with the frequencies of all chunks.
 */
export async function findByText(
  ctx: TransactionContext,
  baseIds: readonly string[],
  question: string,
  limit: number,
): Promise<{ ids: string[]; terms: string[] }> {
  const terms = searchTerms(question)
  const none = { ids: [], terms: terms.map((term) => term.token) }
  if (terms.length === 0 || baseIds.length === 0) return none
  const { rows } = await ctx.db.execute<{ id: string } & Record<string, unknown>>(
    preselection(ctx.tenant.id, baseIds, terms),
  )
  if (rows.length === 0) return none
  const first = rows[0]
  const containing = new Map(terms.map((term, index) => [term.token, Number(first?.[`n${index}`] ?? 0)]))
  const order = new Map(rows.map((row, index) => [row.id, index]))
  const chunks = await ctx.db
    .select({
      id: knowledgeChunks.id,
      text: knowledgeChunks.text,
      headingPath: knowledgeChunks.headingPath,
      title: knowledgeSources.title,
    })
    .from(knowledgeChunks)
    .innerJoin(
      knowledgeSources,
      and(eq(knowledgeSources.tenantId, knowledgeChunks.tenantId), eq(knowledgeSources.id, knowledgeChunks.sourceId)),
    )
    .where(and(eq(knowledgeChunks.tenantId, ctx.tenant.id), inArray(knowledgeChunks.id, [...order.keys()])))
  const passages = chunks
    .toSorted((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0))
    .map(({ id, text, headingPath, title }) => ({ id, text, title: [title, ...headingPath].join(' › ') }))
  const ranked = rankPassages(question, passages, { passages: Number(first?.['total'] ?? 0), containing })
  const best = ranked.map(({ id }) => id)
  const rest = passages.map(({ id }) => id).filter((id) => !best.includes(id))
  return { ids: [...best, ...rest].slice(0, limit), terms: none.terms }
}

/** One row per candidate: its id, and on each row how many chunks hold which term (`n0`, `n1`, ...) of how many (`total`). */
function preselection(tenantId: string, baseIds: readonly string[], terms: readonly SearchTerm[]): SQL {
  const bases = sql`c.tenant_id = ${tenantId} and c.base_id = any(${sql.param(baseIds)}::uuid[])`
  // Words that questions use freely count where they are found, but need not be looked for beside others.
  const heavy = terms.filter(({ weight }) => weight === terms[0]?.weight)
  const any = heavy.map(({ query }) => query).join(' | ')
  const holds = sql.join(
    terms.map(({ query }, index) => sql`(c.terms @@ ${query}::tsquery)::int as ${column('t', index)}`),
    sql`, `,
  )
  const counts = sql.join(
    terms.map((_, index) => sql`sum(${column('t', index)})::float8 as ${column('n', index)}`),
    sql`, `,
  )
  const score = sql.join(
    terms.map(
      ({ weight }, index) =>
        sql`${column('t', index)} * ${weight}::float8 * ln(1 + (total - ${column('n', index)} + 0.5) / (${column('n', index)} + 0.5))`,
    ),
    sql` + `,
  )
  return sql`
    with hits as materialized (
      select c.chunk_id as id, ${holds} from chunk_terms c where ${bases} and c.terms @@ ${any}::tsquery
    ),
    counts as (select ${counts} from hits),
    corpus as (select greatest(count(*), 1)::float8 as total from chunk_terms c where ${bases})
    select hits.id, counts.*, corpus.total
    from hits, counts, corpus
    order by ${score} desc, hits.id
    limit ${candidates}`
}

function column(letter: 't' | 'n', index: number): SQL {
  return sql.raw(`${letter}${String(index)}`)
}
