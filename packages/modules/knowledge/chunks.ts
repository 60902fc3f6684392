import { createHash } from 'node:crypto'
import type { TransactionContext } from '@guildhall/kernel'
import { and, eq, sql } from 'drizzle-orm'
import type { Chunk } from './chunking.ts'
import { chunkTerms, knowledgeChunks, type knowledgeSources } from './schema.ts'
import { indexedTerms } from './search/index-terms.ts'

const rowsPerInsert = 100

type Source = Pick<typeof knowledgeSources.$inferSelect, 'id' | 'baseId' | 'contentHash' | 'title'>

/** Puts these chunks in the place of a source's earlier ones. Those that stay the same keep their vectors. */
export async function replaceChunks(ctx: TransactionContext, source: Source, chunks: readonly Chunk[]): Promise<void> {
  const ids = chunks.map((chunk) => chunkId(source, chunk))
  await ctx.db
    .delete(knowledgeChunks)
    .where(
      and(
        eq(knowledgeChunks.tenantId, ctx.tenant.id),
        eq(knowledgeChunks.sourceId, source.id),
        sql`${knowledgeChunks.id} <> all(${sql.param(ids)}::uuid[])`,
      ),
    )
  for (let from = 0; from < chunks.length; from += rowsPerInsert) {
    const rows = chunks.slice(from, from + rowsPerInsert).map((chunk) => ({
      id: chunkId(source, chunk),
      tenantId: ctx.tenant.id,
      sourceId: source.id,
      baseId: source.baseId,
      ordinal: chunk.ordinal,
      text: chunk.text,
      prefixLength: chunk.prefixLength,
      headingPath: chunk.headingPath,
      locator: chunk.locator,
      marks: chunk.marks,
      tokens: chunk.tokens,
    }))
    await ctx.db
      .insert(knowledgeChunks)
      .values(rows)
      .onConflictDoUpdate({
        target: [knowledgeChunks.tenantId, knowledgeChunks.id],
        set: {
          headingPath: sql`excluded.heading_path`,
          locator: sql`excluded.locator`,
          marks: sql`excluded.marks`,
          prefixLength: sql`excluded.prefix_length`,
        },
      })
    await ctx.db
      .insert(chunkTerms)
      .values(
        rows.map(({ id, headingPath, text }) => ({
          tenantId: ctx.tenant.id,
          chunkId: id,
          baseId: source.baseId,
          terms: indexedTerms([source.title, ...headingPath, text].join('\n')),
        })),
      )
      .onConflictDoUpdate({ target: [chunkTerms.tenantId, chunkTerms.chunkId], set: { terms: sql`excluded.terms` } })
  }
}

/** A UUID of version 8 (RFC 9562, section 5.8) made of what the chunk is: the same content read again has the same ids. */
function chunkId(source: Source, chunk: Chunk): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([source.id, source.contentHash, chunk.ordinal, chunk.text]))
    .digest()
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x80
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80
  const hex = hash.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-')
}
