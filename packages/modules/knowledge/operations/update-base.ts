import { Id, notFound, operation } from '@guildhall/kernel'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import { KnowledgeBaseOutput, summariseBases } from '../base-output.ts'
import { loadBase } from '../bases.ts'
import { knowledgeBases } from '../schema.ts'

export const updateBase = operation({
  name: 'knowledge.bases.update',
  summary: 'Rename or describe a knowledge base',
  route: 'PATCH /knowledge/{baseId}',
  permission: 'knowledge:write',
  input: z.object({
    baseId: Id,
    title: z.string().trim().min(1).max(120).optional(),
    description: z.string().max(1000).optional(),
  }),
  output: KnowledgeBaseOutput,
  async run({ baseId, ...changes }, ctx) {
    const before = await loadBase(ctx, baseId)
    await ctx.db
      .update(knowledgeBases)
      .set({ ...changes, updatedAt: ctx.now() })
      .where(and(eq(knowledgeBases.tenantId, ctx.tenant.id), eq(knowledgeBases.id, baseId)))
    ctx.audit({ targets: [{ type: 'knowledge-base', id: baseId, name: changes.title ?? before.title }] })
    const [base] = await summariseBases(ctx, [await loadBase(ctx, baseId)])
    if (!base) throw notFound('knowledge base', baseId)
    return base
  },
})
