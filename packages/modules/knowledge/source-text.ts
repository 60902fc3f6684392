import type { TransactionContext } from '@guildhall/kernel'
import { and, asc, between, eq } from 'drizzle-orm'
import type { Chunk, Mark } from './chunking.ts'
import { knowledgeChunks } from './schema.ts'

export interface TextPart {
  /** Continuous text of the document, from `start` to `end` (UTF-16 units in the document's text). */
  text: string
  start: number
  end: number
  /** Where the place changes within `text`. */
  marks: Mark[]
}

type StoredChunk = Pick<Chunk, 'text' | 'prefixLength' | 'locator' | 'marks'>

export function readChunks(ctx: TransactionContext, sourceId: string, from: number, to: number) {
  return ctx.db
    .select({
      id: knowledgeChunks.id,
      ordinal: knowledgeChunks.ordinal,
      headingPath: knowledgeChunks.headingPath,
      text: knowledgeChunks.text,
      prefixLength: knowledgeChunks.prefixLength,
      locator: knowledgeChunks.locator,
      marks: knowledgeChunks.marks,
    })
    .from(knowledgeChunks)
    .where(
      and(
        eq(knowledgeChunks.tenantId, ctx.tenant.id),
        eq(knowledgeChunks.sourceId, sourceId),
        between(knowledgeChunks.ordinal, from, to),
      ),
    )
    .orderBy(asc(knowledgeChunks.ordinal))
}

/**
 * The document's text again from neighbouring chunks: what one repeats of the one before is left out, and so are repeated
 * table headers. Between chunks there is nothing but white space, which is the one thing that may differ from the original.
 */
export function joinChunks(chunks: readonly StoredChunk[]): TextPart {
  const start = chunks[0]?.locator.startOffset ?? 0
  let text = ''
  const marks: Mark[] = []
  for (const chunk of chunks) {
    const { startOffset } = chunk.locator
    const body = chunk.text.slice(chunk.prefixLength)
    const gap = startOffset - (start + text.length)
    if (gap > 0) text += gap === 1 ? (chunk.marks[0]?.speaker ? '\n' : ' ') : '\n'.repeat(Math.min(gap, 2)).padEnd(gap)
    const repeated = start + text.length - startOffset
    for (const mark of chunk.marks) {
      const offset = Math.max(0, startOffset - start + Math.max(0, mark.offset - chunk.prefixLength))
      const last = marks.at(-1)
      if (offset >= (last?.offset ?? -1) && !samePlace(last, mark)) marks.push({ ...mark, offset })
    }
    text += body.slice(Math.max(0, repeated))
  }
  return { text, start, end: start + text.length, marks }
}

function samePlace(a: Mark | undefined, b: Mark): boolean {
  return a !== undefined && JSON.stringify({ ...a, offset: 0 }) === JSON.stringify({ ...b, offset: 0 })
}
