import type { LanguageModelV4CallOptions, LanguageModelV4FunctionTool } from '@ai-sdk/provider'
import { z } from 'zod'
import { wishing } from '../adapters/wishes.ts'
import { AssistantBlock, TextBlock, UserBlock } from './content-blocks.ts'
import { cached, promptOf } from './prompt.ts'

const serverTool = 'must be a tool of your own (name, input_schema); tools that Anthropic executes are not supported'

const Tool = z.object({
  type: z.literal('custom', serverTool).nullish(),
  name: z.string().min(1).max(128),
  description: z.string().nullish(),
  input_schema: z.record(z.string(), z.unknown(), serverTool),
  cache_control: TextBlock.shape.cache_control,
  strict: z.boolean().nullish(),
})

const parallel = { disable_parallel_tool_use: z.boolean().nullish() }
const ToolChoice = z.discriminatedUnion(
  'type',
  [
    z.object({ type: z.literal('auto'), ...parallel }),
    z.object({ type: z.literal('any'), ...parallel }),
    z.object({ type: z.literal('tool'), name: z.string(), ...parallel }),
    z.object({ type: z.literal('none') }),
  ],
  'must be auto, any, tool or none',
)

const Thinking = z.discriminatedUnion(
  'type',
  [
    z.object({ type: z.literal('enabled'), budget_tokens: z.int().min(1024) }),
    z.object({ type: z.literal('adaptive') }),
    z.object({ type: z.literal('disabled') }),
  ],
  'must be enabled, adaptive or disabled',
)

const JsonFormat = z.object({
  type: z.literal('json_schema', 'must be json_schema'),
  schema: z.record(z.string(), z.unknown()),
})

/** Where this gateway has nothing to give, it says so instead of leaving it out. */
const unsupported = (instead: string) => z.null({ error: `is not supported; ${instead}` }).optional()

/** What `/v1/messages` and `/v1/messages/count_tokens` share. */
const CountRequest = z.object({
  model: z.string().max(300),
  messages: z
    .array(
      z.discriminatedUnion('role', [
        z.object({ role: z.literal('user'), content: z.union([z.string(), z.array(UserBlock)]) }),
        z.object({ role: z.literal('assistant'), content: z.union([z.string(), z.array(AssistantBlock)]) }),
        z.object({ role: z.literal('system'), content: z.union([z.string(), z.array(TextBlock)]) }),
      ]),
    )
    .min(1),
  system: z.union([z.string(), z.array(TextBlock)]).nullish(),
  tools: z.array(Tool).max(128).nullish(),
  tool_choice: ToolChoice.nullish(),
  thinking: Thinking.nullish(),
  mcp_servers: unsupported('call the servers yourself and hand their tools over'),
  container: unsupported('leave it out'),
  context_management: unsupported('shorten the conversation yourself'),
})
export const CountTokensRequest = CountRequest
export type CountTokensRequest = z.output<typeof CountTokensRequest>

/** Body of `POST /v1/messages` (Anthropic API reference, messages). Further members are ignored. */
export const MessagesRequest = CountRequest.extend({
  max_tokens: z.int().min(1),
  stream: z.boolean().nullish(),
  stop_sequences: z.array(z.string().min(1)).max(64).nullish(),
  temperature: z.number().min(0).max(1).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_k: z.int().min(0).nullish(),
  output_config: z
    .object({
      effort: z.enum(['low', 'medium', 'high', 'xhigh', 'max']).nullish(),
      format: JsonFormat.nullish(),
    })
    .nullish(),
  output_format: JsonFormat.nullish(),
})
export type MessagesRequest = z.output<typeof MessagesRequest>

export function callOptionsOf(request: MessagesRequest): LanguageModelV4CallOptions {
  const { temperature, top_p: topP, top_k: topK, stop_sequences: stop, thinking, output_config: output } = request
  const format = output?.format ?? request.output_format
  const reasoning = output?.effort ?? effortOf(thinking)
  const disableParallel =
    request.tool_choice && 'disable_parallel_tool_use' in request.tool_choice
      ? request.tool_choice.disable_parallel_tool_use
      : undefined
  return {
    ...countOptionsOf(request),
    maxOutputTokens: request.max_tokens,
    ...(temperature === null || temperature === undefined ? {} : { temperature }),
    ...(topP === null || topP === undefined ? {} : { topP }),
    ...(topK ? { topK } : {}),
    ...(stop && stop.length > 0 ? { stopSequences: stop } : {}),
    ...(reasoning ? { reasoning } : {}),
    ...(format ? { responseFormat: { type: 'json', schema: format.schema } } : {}),
    ...wishing({
      parallelToolCalls: disableParallel ? false : undefined,
      thinkingTokens: thinking?.type === 'enabled' ? thinking.budget_tokens : undefined,
      thinking: thinking && thinking.type !== 'enabled' ? thinking.type : undefined,
    }),
  }
}

/** What decides the length of a prompt. */
export function countOptionsOf(
  request: CountTokensRequest,
): Pick<LanguageModelV4CallOptions, 'prompt' | 'tools' | 'toolChoice'> {
  const { tools, tool_choice: choice } = request
  return {
    prompt: promptOf(request),
    ...(tools && tools.length > 0 ? { tools: tools.map(functionTool) } : {}),
    ...(choice ? { toolChoice: toolChoice(choice) } : {}),
  }
}

function functionTool(tool: z.output<typeof Tool>): LanguageModelV4FunctionTool {
  return {
    type: 'function',
    name: tool.name,
    inputSchema: tool.input_schema,
    ...(tool.description ? { description: tool.description } : {}),
    ...(tool.strict ? { strict: true } : {}),
    ...cached(tool.cache_control),
  }
}

function toolChoice(choice: z.output<typeof ToolChoice>): NonNullable<LanguageModelV4CallOptions['toolChoice']> {
  switch (choice.type) {
    case 'any':
      return { type: 'required' }
    case 'tool':
      return { type: 'tool', toolName: choice.name }
    default:
      return { type: choice.type }
  }
}

/** For models that have levels of effort instead of a budget. */
function effortOf(thinking: MessagesRequest['thinking']): 'none' | 'low' | 'medium' | 'high' | undefined {
  if (thinking?.type === 'disabled') return 'none'
  if (thinking?.type !== 'enabled') return undefined
  if (thinking.budget_tokens <= 4096) return 'low'
  return thinking.budget_tokens <= 16_384 ? 'medium' : 'high'
}
