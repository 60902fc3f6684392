import { endpoint } from '@guildhall/kernel'
import { callOptionsOf, ChatRequest } from '../openai/chat-request.ts'
import { renderOpenAIProblem } from '../openai/problem.ts'
import { chatCompletions } from '../openai/render-completion.ts'
import { answer } from '../surface/answer.ts'
import { readJson } from '../surface/read-json.ts'

export const createChatCompletion = endpoint({
  name: 'completions.create',
  summary: 'Chat completions for OpenAI clients: `default`, a route, `provider/model`, a model, or `agent:<slug>`',
  route: 'POST /v1/chat/completions',
  permission: 'providers:use',
  maxBody: 32 * 1024 * 1024,
  cors: true,
  request: { contentType: 'application/json', schema: ChatRequest },
  response: { contentType: 'application/json' },
  renderProblem: renderOpenAIProblem,
  raw: (exchange, ctx) => ctx.services.passThrough.chat(exchange, ctx),
  async run(request, ctx) {
    const body = await readJson(request, ChatRequest)
    const dialect = chatCompletions({ includeUsage: body.stream_options?.include_usage === true })
    const asked = { model: body.model, options: callOptionsOf(body), input: body, stream: body.stream === true }
    return answer(ctx, request, asked, dialect)
  },
})
