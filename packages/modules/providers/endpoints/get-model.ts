import { endpoint, Problem } from '@guildhall/kernel'
import { listModelObjects } from '../openai/list-model-objects.ts'
import { renderOpenAIProblem } from '../openai/problem.ts'

export const getModel = endpoint({
  name: 'models.get',
  summary: 'One model of the list',
  route: 'GET /v1/models/{model...}',
  permission: 'providers:read',
  cors: true,
  response: { contentType: 'application/json' },
  renderProblem: renderOpenAIProblem,
  async run(_request, ctx, params) {
    const id = params['model'] ?? ''
    const found = (await listModelObjects(ctx)).find((model) => model.id === id)
    if (!found)
      throw new Problem({
        status: 404,
        type: 'model-not-found',
        title: 'No such model',
        detail: `There is no model ${id} here. GET /v1/models lists what there is.`,
        errors: [{ field: 'model', message: 'is not known here' }],
      })
    return Response.json(found)
  },
})
