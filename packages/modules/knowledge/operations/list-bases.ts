import { containsText, Id, listInput, listRows, operation, page } from '@guildhall/kernel'
import { and, eq, or } from 'drizzle-orm'
import { KnowledgeBaseOutput, summariseBases } from '../base-output.ts'
import type { BaseRow } from '../bases.ts'
import { knowledgeBases } from '../schema.ts'

export const listBases = operation({
  name: 'knowledge.bases.list',
  summary: 'List knowledge bases with the state of their sources',
  route: 'GET /knowledge',
  permission: 'knowledge:read',
  input: listInput(['title', 'createdAt', 'updatedAt'], {
    projectId: Id.optional().describe('Only bases of this project'),
  }),
  output: page(KnowledgeBaseOutput),
  async run({ projectId, q, ...request }, ctx) {
    const rows = await listRows<BaseRow>(
      ctx.db,
      {
        table: knowledgeBases,
        id: knowledgeBases.id,
        sortable: {
          title: knowledgeBases.title,
          createdAt: knowledgeBases.createdAt,
          updatedAt: knowledgeBases.updatedAt,
        },
        defaultSort: 'title',
        where: and(
          eq(knowledgeBases.tenantId, ctx.tenant.id),
          projectId === undefined ? undefined : eq(knowledgeBases.projectId, projectId),
          or(containsText(knowledgeBases.title, q), containsText(knowledgeBases.description, q)),
        ),
      },
      request,
    )
    return { ...rows, items: await summariseBases(ctx, rows.items) }
  },
})
