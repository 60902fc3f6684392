import { endpoint } from '@guildhall/kernel'
import { listModelObjects } from '../openai/list-model-objects.ts'
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
    return Response.json({ object: 'list', data: await listModelObjects(ctx) })
  },
})
