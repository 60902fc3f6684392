import { Id, operation } from '@guildhall/kernel'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import { loadBase } from '../bases.ts'
import { knowledgeBases } from '../schema.ts'

export const removeBase = operation({
  name: 'knowledge.bases.remove',
  summary: 'Remove a knowledge base with all of its sources and passages; stored files stay',
  route: 'DELETE /knowledge/{baseId}',
  permission: 'knowledge:write',
  tool: false,
  emits: ['knowledge.base-removed'],
  input: z.object({ baseId: Id }),
  output: z.object({ id: z.uuid() }),
  async run({ baseId }, ctx) {
    const base = await loadBase(ctx, baseId)
    await ctx.db
      .delete(knowledgeBases)
      .where(and(eq(knowledgeBases.tenantId, ctx.tenant.id), eq(knowledgeBases.id, baseId)))
    ctx.emit('knowledge.base-removed', { baseId, title: base.title })
    ctx.audit({ targets: [{ type: 'knowledge-base', id: baseId, name: base.title }] })
    return { id: baseId }
  },
})
