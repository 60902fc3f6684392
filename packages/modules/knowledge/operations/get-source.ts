import { Id, operation } from '@guildhall/kernel'
import { and, asc, eq, sql } from 'drizzle-orm'
import { z } from 'zod'
import { PlaceOutput } from '../place.ts'
import { knowledgeChunks } from '../schema.ts'
import { KnowledgeSourceOutput, sourceOutput } from '../source-output.ts'
import { loadSource } from '../sources.ts'

const previewCharacters = 240

export const getSource = operation({
  name: 'sources.get',
  summary: 'Look up a source with the beginnings of its passages and where each stands',
  route: 'GET /knowledge/sources/{id}',
  permission: 'knowledge:read',
  input: z.object({
    id: Id,
    from: z.int().min(0).max(1_000_000).default(0).describe('First passage to show, counted from 0'),
    passages: z.int().min(0).max(200).default(20).describe('How many passages to show, at most 200'),
  }),
  output: KnowledgeSourceOutput.extend({
    passages: z.array(
      z.object({
        id: z.uuid(),
        ordinal: z.int(),
        headingPath: z.array(z.string()),
        place: PlaceOutput,
        tokens: z.int(),
        preview: z.string().describe(`Its first ${previewCharacters} characters`),
        vector: z.boolean().describe('Whether it can be found by meaning'),
      }),
    ),
  }),
  async run({ id, from, passages }, ctx) {
    const source = await loadSource(ctx, id)
    const chunks = await ctx.db
      .select({
        id: knowledgeChunks.id,
        ordinal: knowledgeChunks.ordinal,
        headingPath: knowledgeChunks.headingPath,
        place: knowledgeChunks.locator,
        tokens: knowledgeChunks.tokens,
        preview: sql<string>`left(${knowledgeChunks.text}, ${previewCharacters})`,
        vector: sql<boolean>`exists (select 1 from chunk_embeddings e where e.tenant_id = ${knowledgeChunks.tenantId} and e.chunk_id = ${knowledgeChunks.id})`,
      })
      .from(knowledgeChunks)
      .where(
        and(
          eq(knowledgeChunks.tenantId, ctx.tenant.id),
          eq(knowledgeChunks.sourceId, id),
          sql`${knowledgeChunks.ordinal} >= ${from}`,
        ),
      )
      .orderBy(asc(knowledgeChunks.ordinal))
      .limit(passages)
    return { ...sourceOutput(source), passages: chunks }
  },
})
