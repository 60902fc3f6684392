import { endpoint } from '@guildhall/kernel'
import { renderOpenAIProblem } from '../openai/problem.ts'

export const listModels = endpoint({
  name: 'models.list',
  summary: 'Models that /v1 answers for: the chain, the built-in answerer, each provider’s, and published agents',
  route: 'GET /v1/models',
  permission: 'providers:read',
  cors: true,
  response: { contentType: 'application/json' },
  renderProblem: renderOpenAIProblem,
  async run(_request, ctx) {
    const models = await ctx.services.providerAdministration.models(ctx)
    const agents = (await ctx.services.agentCompletions?.list(ctx)) ?? []
    const data = [
      ...models.map(({ id, ownedBy }) => ({ id, object: 'model', created: 0, owned_by: ownedBy })),
      ...agents.map(({ slug, publishedAt }) => ({
        id: `agent:${slug}`,
        object: 'model',
        created: Math.floor(publishedAt.getTime() / 1000),
        owned_by: ctx.tenant.slug,
      })),
    ]
    return Response.json({ object: 'list', data })
  },
})
