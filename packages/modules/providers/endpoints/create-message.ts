import { endpoint } from '@guildhall/kernel'
import { estimatePrompt } from '../anthropic/count-tokens.ts'
import { callOptionsOf, MessagesRequest } from '../anthropic/messages-request.ts'
import { renderAnthropicProblem } from '../anthropic/problem.ts'
import { anthropicMessages } from '../anthropic/render-message.ts'
import { answer } from '../surface/answer.ts'
import { readJson } from '../surface/read-json.ts'

export const createMessage = endpoint({
  name: 'messages.create',
  summary: 'Messages for Anthropic clients: `default`, a route, `provider/model`, a model, or `agent:<slug>`',
  route: 'POST /v1/messages',
  permission: 'providers:use',
  maxBody: 32 * 1024 * 1024,
  cors: true,
  request: { contentType: 'application/json', schema: MessagesRequest },
  response: { contentType: 'application/json' },
  renderProblem: renderAnthropicProblem,
  raw: (exchange, ctx) => ctx.services.passThrough.messages(exchange, ctx),
  async run(request, ctx) {
    const body = await readJson(request, MessagesRequest)
    const options = callOptionsOf(body)
    const dialect = anthropicMessages({ inputTokens: () => estimatePrompt(options) })
    return answer(ctx, request, { model: body.model, options, input: body, stream: body.stream === true }, dialect)
  },
})
