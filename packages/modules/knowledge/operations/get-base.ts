import { Id, notFound, operation } from '@guildhall/kernel'
import { z } from 'zod'
import { KnowledgeBaseOutput, summariseBases } from '../base-output.ts'
import { loadBase } from '../bases.ts'

export const getBase = operation({
  name: 'knowledge.bases.get',
  summary: 'Look up a knowledge base',
  route: 'GET /knowledge/{baseId}',
  permission: 'knowledge:read',
  input: z.object({ baseId: Id }),
  output: KnowledgeBaseOutput,
  async run({ baseId }, ctx) {
    const [base] = await summariseBases(ctx, [await loadBase(ctx, baseId)])
    if (!base) throw notFound('knowledge base', baseId)
    return base
  },
})
