import { containsText, filterOf, Id, listInput, listRows, matches, operation, page } from '@guildhall/kernel'
import { and, eq, or } from 'drizzle-orm'
import { loadBase } from '../bases.ts'
import { knowledgeSources, sourceStates } from '../schema.ts'
import { KnowledgeSourceOutput, sourceOutput } from '../source-output.ts'
import type { SourceRow } from '../sources.ts'

export const listSources = operation({
  name: 'sources.list',
  summary: 'List the sources of a knowledge base and how their reading stands',
  route: 'GET /knowledge/{baseId}/sources',
  permission: 'knowledge:read',
  input: listInput(['createdAt', 'title', 'state', 'size'], {
    baseId: Id,
    state: filterOf(sourceStates).describe('Only these states, separated by commas'),
    kind: filterOf(['file', 'text']).describe('Only files, or only texts'),
  }),
  output: page(KnowledgeSourceOutput),
  async run({ baseId, state, kind, q, ...request }, ctx) {
    await loadBase(ctx, baseId)
    const rows = await listRows<SourceRow>(
      ctx.db,
      {
        table: knowledgeSources,
        id: knowledgeSources.id,
        sortable: {
          createdAt: knowledgeSources.createdAt,
          title: knowledgeSources.title,
          state: knowledgeSources.state,
          size: knowledgeSources.size,
        },
        defaultSort: '-createdAt',
        where: and(
          eq(knowledgeSources.tenantId, ctx.tenant.id),
          eq(knowledgeSources.baseId, baseId),
          matches(knowledgeSources.state, state),
          matches(knowledgeSources.kind, kind),
          or(containsText(knowledgeSources.title, q), containsText(knowledgeSources.fileName, q)),
        ),
      },
      request,
    )
    return { ...rows, items: rows.items.map(sourceOutput) }
  },
})
