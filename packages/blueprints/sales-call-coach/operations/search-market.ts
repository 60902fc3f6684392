import { answer } from '@guildhall/engines/extractive'
import { Id, operation } from '@guildhall/kernel'
import { z } from 'zod'
import { blueprintId } from '../blueprint-id.ts'

const Source = z.object({
  kind: z.enum(['web', 'knowledge']),
  title: z.string(),
  url: z.string().nullable(),
  sourceId: z.string().nullable(),
  quote: z.string(),
})

export const searchMarket = operation({
  name: 'coach.search-market',
  summary: 'Search the market: the web where a provider can, else the client’s own knowledge, always with sources',
  route: 'POST /search-market',
  permission: 'knowledge:use',
  tenant: 'client',
  external: true,
  readOnly: true,
  input: z.object({ projectId: Id.optional(), query: z.string().trim().min(2).max(500) }),
  output: z.object({
    runId: z.string(),
    answer: z.string(),
    searched: z.enum(['web', 'knowledge']),
    provider: z.string(),
    model: z.string(),
    sources: z.array(Source),
    note: z.string().nullable(),
  }),
  async run({ projectId, query }, ctx) {
    const project = await ctx.services.projects.resolve(ctx, blueprintId, projectId)
    const { value, totals } = await ctx.services.runs.record(
      ctx,
      { kind: 'search', title: query, projectId: project.id, input: { query } },
      async (run) => {
        const web = await ctx.services.providers.searchWeb(ctx, query, run).catch((error: unknown) => {
          if (ctx.signal.aborted) throw error
          ctx.log.warn({ err: error }, 'Web search failed; searching the own knowledge')
          return null
        })
        if (web && web.sources.length > 0)
          return {
            answer: web.text,
            searched: 'web' as const,
            provider: web.answered.provider,
            model: web.answered.model,
            sources: web.sources.map(({ url, title, snippet }) => ({
              kind: 'web' as const,
              title,
              url,
              sourceId: null,
              quote: snippet,
            })),
            note: null,
          }
        const found = await ctx.services.knowledge.search(ctx, {
          query,
          baseIds: Object.values(project.knowledge),
          limit: 12,
          run,
        })
        const extracted = answer({
          question: query,
          passages: found.map(({ id, title, headingPath, text }) => ({
            id,
            title: [title, ...headingPath].join(' › '),
            text,
          })),
        })
        return {
          answer: extracted.text,
          searched: 'knowledge' as const,
          provider: 'guildhall',
          model: 'guildhall/extractive',
          sources: extracted.citations.map((citation) => {
            const passage = found.find((each) => each.id === citation.passageId)
            return {
              kind: 'knowledge' as const,
              title: passage?.title ?? '',
              url: null,
              sourceId: passage?.sourceId ?? null,
              quote: citation.quote,
            }
          }),
          note:
            web === null
              ? 'No provider searches the web here: these are sentences of your own materials and calls.'
              : 'The web search found nothing; these are sentences of your own materials and calls.',
        }
      },
    )
    return { ...value, runId: totals.runId }
  },
})
