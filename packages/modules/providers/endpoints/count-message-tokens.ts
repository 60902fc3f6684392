import { endpoint } from '@guildhall/kernel'
import { estimatePrompt } from '../anthropic/count-tokens.ts'
import { countOptionsOf, CountTokensRequest } from '../anthropic/messages-request.ts'
import { renderAnthropicProblem } from '../anthropic/problem.ts'
import { readJson } from '../surface/read-json.ts'

export const countMessageTokens = endpoint({
  name: 'messages.count-tokens',
  summary: 'Tokens of a prompt, estimated here: no provider is asked and nothing is charged',
  route: 'POST /v1/messages/count_tokens',
  permission: 'providers:use',
  maxBody: 32 * 1024 * 1024,
  cors: true,
  request: { contentType: 'application/json', schema: CountTokensRequest },
  response: { contentType: 'application/json' },
  renderProblem: renderAnthropicProblem,
  async run(request) {
    const body = await readJson(request, CountTokensRequest)
    return Response.json({ input_tokens: estimatePrompt(countOptionsOf(body)), guildhall: { estimated: true } })
  },
})
