import { Id, invalidInput, operation } from '@guildhall/kernel'
import { z } from 'zod'
import { MarkOutput, PlaceOutput } from '../place.ts'

export const searchKnowledge = operation({
  name: 'knowledge.search',
  summary: 'Find passages that answer a question, with the document and the place of each',
  route: 'POST /knowledge/search',
  permission: 'knowledge:read',
  readOnly: true,
  external: true,
  input: z.object({
    query: z.string().trim().min(1).max(2000).describe('A question or some words'),
    baseIds: z.array(Id).min(1).max(100).optional().describe('Knowledge bases to look in; all when left out'),
    limit: z.int().min(1).max(50).default(8).describe('Passages, at most 50'),
  }),
  output: z.object({
    passages: z.array(
      z.object({
        id: z.uuid(),
        sourceId: z.uuid(),
        baseId: z.uuid(),
        title: z.string().describe('Of the document'),
        headingPath: z.array(z.string()),
        text: z.string(),
        locator: PlaceOutput.describe('Place of the first character'),
        marks: z.array(MarkOutput).optional().describe('Where the place changes within the text'),
        score: z.number().describe('Reciprocal rank fusion; compares only within one search'),
        matchedBy: z.array(z.enum(['text', 'vector'])),
      }),
    ),
    mode: z.enum(['text', 'hybrid']).describe('By words alone, or by words and meaning'),
    reason: z.string().nullable().describe('Why by words alone'),
  }),
  async run({ query, baseIds, limit }, ctx) {
    if (baseIds) {
      const known = new Set(await ctx.services.knowledge.existingBases(ctx, baseIds))
      const wrong = baseIds.flatMap((id, index) =>
        known.has(id) ? [] : [{ field: `baseIds.${index}`, message: 'is not a knowledge base here' }],
      )
      if (wrong.length > 0) throw invalidInput(wrong)
    }
    return ctx.services.knowledge.searchWithMode(ctx, { query, baseIds, limit })
  },
})
