import type { LanguageModelV4CallOptions } from '@ai-sdk/provider'
import { z } from 'zod'
import { wishing } from '../adapters/wishes.ts'
import { InputItems } from './input-items.ts'
import { promptOf } from './prompt.ts'

const functionsOnly = 'must be `function`; tools that OpenAI executes are not supported, give functions of your own'

const Tool = z.object({
  type: z.literal('function', functionsOnly),
  name: z.string().min(1).max(64),
  description: z.string().nullish(),
  parameters: z.record(z.string(), z.unknown()).nullish(),
  strict: z.boolean().nullish(),
})

const Format = z.discriminatedUnion(
  'type',
  [
    z.object({ type: z.literal('text') }),
    z.object({ type: z.literal('json_object') }),
    z.object({
      type: z.literal('json_schema'),
      name: z.string(),
      description: z.string().nullish(),
      schema: z.record(z.string(), z.unknown()),
      strict: z.boolean().nullish(),
    }),
  ],
  'must be text, json_object or json_schema',
)

/** Where this gateway has nothing to give, it says so instead of leaving it out. */
const unsupported = (instead: string) => z.null({ error: `is not supported; ${instead}` }).optional()

/** Body of `POST /v1/responses` (OpenAI API reference, responses). Further members are ignored. */
export const ResponsesRequest = z.object({
  model: z.string().max(300).default('default'),
  input: z.union([z.string(), InputItems]),
  instructions: z.string().nullish(),
  stream: z.boolean().nullish(),
  max_output_tokens: z.int().min(1).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  tools: z.array(Tool).max(128).nullish(),
  tool_choice: z
    .union(
      [
        z.enum(['none', 'auto', 'required']),
        z.object({ type: z.literal('function', functionsOnly), name: z.string() }),
      ],
      'must be none, auto, required, or a function by its name',
    )
    .nullish(),
  text: z.object({ format: Format.nullish(), verbosity: z.string().nullish() }).nullish(),
  reasoning: z
    .object({
      effort: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']).nullish(),
      summary: z.string().nullish(),
    })
    .nullish(),
  include: z
    .array(
      z.enum(
        ['reasoning.encrypted_content', 'message.output_text.logprobs'],
        'is not supported; known are reasoning.encrypted_content and message.output_text.logprobs',
      ),
    )
    .nullish(),
  truncation: z.literal('disabled', 'must be `disabled`; shorten the conversation yourself').nullish(),
  previous_response_id: unsupported('answers are not stored: send the whole conversation as `input`'),
  conversation: unsupported('conversations are not stored: send the whole conversation as `input`'),
  prompt: unsupported('send the text itself as `instructions`'),
  background: z.literal(false, 'is not supported; leave it out and read the answer from this request').nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
})
export type ResponsesRequest = z.output<typeof ResponsesRequest>

export function callOptionsOf(request: ResponsesRequest): LanguageModelV4CallOptions {
  const { tools, tool_choice: choice, reasoning, text, include } = request
  const wantsLogprobs = include?.includes('message.output_text.logprobs') || request.top_logprobs
  return {
    prompt: promptOf(request.input, request.instructions),
    ...(request.max_output_tokens ? { maxOutputTokens: request.max_output_tokens } : {}),
    ...(typeof request.temperature === 'number' ? { temperature: request.temperature } : {}),
    ...(typeof request.top_p === 'number' ? { topP: request.top_p } : {}),
    ...(reasoning?.effort ? { reasoning: reasoning.effort } : {}),
    ...(tools && tools.length > 0 ? { tools: tools.map(functionTool) } : {}),
    ...(choice
      ? { toolChoice: typeof choice === 'string' ? { type: choice } : { type: 'tool', toolName: choice.name } }
      : {}),
    ...(text?.format ? { responseFormat: responseFormat(text.format) } : {}),
    ...wishing({
      parallelToolCalls: request.parallel_tool_calls,
      logprobs: wantsLogprobs ? (request.top_logprobs ?? 0) : undefined,
    }),
  }
}

function functionTool(tool: z.output<typeof Tool>) {
  return {
    type: 'function' as const,
    name: tool.name,
    inputSchema: tool.parameters ?? { type: 'object' as const, properties: {} },
    ...(tool.description ? { description: tool.description } : {}),
    ...(tool.strict ? { strict: true } : {}),
  }
}

function responseFormat(format: z.output<typeof Format>): NonNullable<LanguageModelV4CallOptions['responseFormat']> {
  if (format.type === 'text') return { type: 'text' }
  if (format.type === 'json_object') return { type: 'json' }
  const { name, schema, description } = format
  return { type: 'json', name, schema, ...(description ? { description } : {}) }
}
