import { endpoint } from '@guildhall/kernel'
import { renderOpenAIProblem } from '../openai/problem.ts'
import { openaiResponses } from '../responses/render-response.ts'
import { callOptionsOf, ResponsesRequest } from '../responses/responses-request.ts'
import { answer } from '../surface/answer.ts'
import { readJson } from '../surface/read-json.ts'

export const createResponse = endpoint({
  name: 'responses.create',
  summary:
    'Responses for OpenAI clients, without storage: `default`, a route, `provider/model`, a model, or `agent:<slug>`',
  route: 'POST /v1/responses',
  permission: 'providers:use',
  maxBody: 32 * 1024 * 1024,
  cors: true,
  request: { contentType: 'application/json', schema: ResponsesRequest },
  response: { contentType: 'application/json' },
  renderProblem: renderOpenAIProblem,
  raw: (exchange, ctx) => ctx.services.passThrough.responses(exchange, ctx),
  async run(request, ctx) {
    const body = await readJson(request, ResponsesRequest)
    const asked = { model: body.model, options: callOptionsOf(body), input: body, stream: body.stream === true }
    return answer(ctx, request, asked, openaiResponses(body))
  },
})
