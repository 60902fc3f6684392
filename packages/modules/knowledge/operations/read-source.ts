import { Id, operation } from '@guildhall/kernel'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import { MarkOutput } from '../place.ts'
import { knowledgeChunks } from '../schema.ts'
import { joinChunks, readChunks } from '../source-text.ts'
import { loadSource } from '../sources.ts'

export const readSource = operation({
  name: 'sources.content',
  summary: 'Read the text of a source around a passage: what a citation opens',
  route: 'GET /knowledge/sources/{id}/content',
  permission: 'knowledge:read',
  input: z.object({
    id: Id,
    passageId: Id.optional().describe('The cited passage; the beginning of the source when left out'),
    start: z.int().min(0).optional().describe('First character of the quote within the passage'),
    end: z.int().min(0).optional().describe('Behind its last character'),
    around: z.int().min(0).max(20).default(2).describe('Passages to show before and after'),
  }),
  output: z.object({
    source: z.object({
      id: z.uuid(),
      baseId: z.uuid(),
      title: z.string(),
      fileId: z.uuid().nullable().describe('The original, when it is a file'),
      fileName: z.string().nullable(),
      mediaType: z.string().nullable(),
      pages: z.int().nullable(),
    }),
    headingPath: z.array(z.string()),
    text: z.string(),
    marks: z.array(MarkOutput).describe('Pages, slides, sheets and times within `text`'),
    passage: z
      .object({ start: z.int(), end: z.int() })
      .nullable()
      .describe('The cited passage within `text`; null when the source has changed since and no longer holds it'),
    quote: z.object({ start: z.int(), end: z.int() }).nullable().describe('The quote within `text`'),
    before: z.boolean().describe('Whether there is text before'),
    after: z.boolean(),
  }),
  async run({ id, passageId, start, end, around }, ctx) {
    const source = await loadSource(ctx, id)
    const [cited] =
      passageId === undefined
        ? []
        : await ctx.db
            .select({ ordinal: knowledgeChunks.ordinal })
            .from(knowledgeChunks)
            .where(
              and(
                eq(knowledgeChunks.tenantId, ctx.tenant.id),
                eq(knowledgeChunks.sourceId, id),
                eq(knowledgeChunks.id, passageId),
              ),
            )
    const middle = cited?.ordinal ?? 0
    const chunks = await readChunks(ctx, id, middle - around, middle + around)
    const { text, marks, start: textStart } = joinChunks(chunks)
    const chunk = cited ? chunks.find(({ ordinal }) => ordinal === middle) : undefined
    const at = (offset: number) => Math.min(text.length, Math.max(0, offset - textStart))
    const inPassage = (offset: number) =>
      chunk ? at(chunk.locator.startOffset + Math.max(0, Math.min(offset, chunk.text.length) - chunk.prefixLength)) : 0
    return {
      source: {
        id: source.id,
        baseId: source.baseId,
        title: source.title,
        fileId: source.fileId,
        fileName: source.fileName,
        mediaType: source.mediaType,
        pages: source.pages,
      },
      headingPath: (chunk ?? chunks[0])?.headingPath ?? [],
      text,
      marks,
      passage: chunk ? { start: at(chunk.locator.startOffset), end: at(chunk.locator.endOffset) } : null,
      quote:
        chunk && start !== undefined && end !== undefined && end > start
          ? { start: inPassage(start), end: inPassage(end) }
          : null,
      before: (chunks[0]?.ordinal ?? 0) > 0,
      after: (chunks.at(-1)?.ordinal ?? 0) < source.chunkCount - 1,
    }
  },
})
