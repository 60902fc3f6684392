import { Timestamp } from '@guildhall/kernel'
import { z } from 'zod'
import { failureCodes, readingStages, sourceStates, vectorStates, type knowledgeSources } from './schema.ts'

export const KnowledgeSourceOutput = z.object({
  id: z.uuid(),
  baseId: z.uuid(),
  kind: z.enum(['file', 'text']),
  title: z.string(),
  fileId: z.uuid().nullable(),
  fileName: z.string().nullable(),
  mediaType: z.string().nullable(),
  size: z.int().describe('Bytes'),
  state: z.enum(sourceStates),
  stage: z.enum(readingStages).nullable().describe('What is being done while the state is `reading`'),
  code: z.enum(failureCodes).nullable().describe('Why it failed, for programs'),
  reason: z.string().nullable().describe('Why it failed, in words'),
  remedy: z.string().nullable().describe('What its owner can do about it'),
  attempts: z.int().describe('Readings begun since it was last queued'),
  chunks: z.int().describe('Passages that can be found'),
  tokens: z.int().describe('Estimate, over all passages'),
  pages: z.int().nullable().describe('Pages or slides, where the format has them'),
  warnings: z.array(z.string()).describe('What was left out or guessed while reading'),
  vectors: z.object({
    state: z
      .enum(vectorStates)
      .describe('`none`: no provider embeds, it is found by its words; `failed`: a later search tries again'),
    model: z.string().nullable(),
    reason: z.string().nullable(),
  }),
  createdAt: Timestamp,
  queuedAt: Timestamp,
  startedAt: Timestamp.nullable(),
  finishedAt: Timestamp.nullable(),
  readMs: z.number().nullable().describe('Milliseconds of the last reading, from its start to its end'),
})

/** The row as others see it: without the text, which is fetched by place. */
export function sourceOutput(row: typeof knowledgeSources.$inferSelect): z.input<typeof KnowledgeSourceOutput> {
  const { chunkCount, vectors, vectorModel, vectorReason, startedAt, finishedAt, ...source } = row
  return {
    ...source,
    chunks: chunkCount,
    vectors: { state: vectors, model: vectorModel, reason: vectorReason },
    startedAt,
    finishedAt,
    readMs: startedAt && finishedAt ? Math.max(0, finishedAt.getTime() - startedAt.getTime()) : null,
  }
}
