import type {
  LanguageModelV4CallOptions,
  LanguageModelV4FilePart,
  LanguageModelV4Message,
  LanguageModelV4Prompt,
  LanguageModelV4TextPart,
} from '@ai-sdk/provider'
import { invalidInput } from '@guildhall/kernel'
import { z } from 'zod'
import { wishing } from '../adapters/wishes.ts'
import { filePart } from '../surface/file-part.ts'
import { parseArguments } from '../surface/parse-arguments.ts'

const TextPart = z.object({ type: z.literal('text'), text: z.string() })
const UserPart = z.discriminatedUnion('type', [
  TextPart,
  z.object({ type: z.literal('image_url'), image_url: z.object({ url: z.string() }) }),
  z.object({
    type: z.literal('input_audio'),
    input_audio: z.object({ data: z.string(), format: z.enum(['wav', 'mp3']) }),
  }),
  z.object({ type: z.literal('file'), file: z.object({ filename: z.string().optional(), file_data: z.string() }) }),
])
const Words = z.union([z.string(), z.array(TextPart)])

const Message = z.discriminatedUnion('role', [
  z.object({ role: z.enum(['system', 'developer']), content: Words }),
  z.object({ role: z.literal('user'), content: z.union([z.string(), z.array(UserPart)]) }),
  z.object({
    role: z.literal('assistant'),
    content: Words.nullish(),
    tool_calls: z
      .array(
        z.object({
          id: z.string(),
          type: z.literal('function'),
          function: z.object({ name: z.string(), arguments: z.string() }),
        }),
      )
      .optional(),
  }),
  z.object({ role: z.literal('tool'), tool_call_id: z.string(), content: Words }),
])
type ChatMessage = z.output<typeof Message>

/** Where this gateway has nothing to give, it says so instead of leaving it out. */
const unsupported = (instead: string) => z.literal(false, `is not supported; ${instead}`).nullish()

/** Some clients always send it, with nothing in it. */
const isEmpty = (record: object) => Object.keys(record).length === 0

/** Body of `POST /v1/chat/completions` (OpenAI API reference, chat completions). Further members are ignored. */
export const ChatRequest = z.object({
  model: z.string().max(300).default('default'),
  messages: z.array(Message).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().optional() }).nullish(),
  max_tokens: z.int().min(1).nullish(),
  max_completion_tokens: z.int().min(1).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  seed: z.int().nullish(),
  stop: z.union([z.string(), z.array(z.string()).max(4)]).nullish(),
  reasoning_effort: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']).nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  tools: z
    .array(
      z.object({
        type: z.literal('function'),
        function: z.object({
          name: z.string().min(1).max(64),
          description: z.string().optional(),
          parameters: z.record(z.string(), z.unknown()).optional(),
          strict: z.boolean().nullish(),
        }),
      }),
    )
    .max(128)
    .nullish(),
  tool_choice: z
    .union([
      z.enum(['none', 'auto', 'required']),
      z.object({ type: z.literal('function'), function: z.object({ name: z.string() }) }),
    ])
    .nullish(),
  response_format: z
    .discriminatedUnion('type', [
      z.object({ type: z.literal('text') }),
      z.object({ type: z.literal('json_object') }),
      z.object({
        type: z.literal('json_schema'),
        json_schema: z.object({
          name: z.string(),
          description: z.string().optional(),
          schema: z.record(z.string(), z.unknown()).optional(),
        }),
      }),
    ])
    .nullish(),
  n: z.literal(1, 'must be 1; ask several times for several answers').nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  logit_bias: z.record(z.string(), z.number()).refine(isEmpty, 'is not supported; leave it out').nullish(),
  modalities: z.array(z.literal('text', 'must be `text`; nothing else is answered in')).nullish(),
  audio: unsupported('leave it out'),
  web_search_options: unsupported('give the model a tool of your own'),
  functions: unsupported('use `tools`'),
  function_call: unsupported('use `tool_choice`'),
})
export type ChatRequest = z.output<typeof ChatRequest>

export function callOptionsOf(request: ChatRequest): LanguageModelV4CallOptions {
  const maxOutputTokens = request.max_completion_tokens ?? request.max_tokens
  const {
    response_format: format,
    tool_choice: choice,
    reasoning_effort: effort,
    parallel_tool_calls: parallel,
  } = request
  return {
    prompt: promptOf(request.messages),
    ...present({
      maxOutputTokens,
      temperature: request.temperature,
      topP: request.top_p,
      presencePenalty: request.presence_penalty,
      frequencyPenalty: request.frequency_penalty,
      seed: request.seed,
    }),
    ...(request.stop ? { stopSequences: typeof request.stop === 'string' ? [request.stop] : request.stop } : {}),
    ...(effort ? { reasoning: effort } : {}),
    ...(request.tools && request.tools.length > 0
      ? { tools: request.tools.map(({ function: tool }) => functionTool(tool)) }
      : {}),
    ...(choice
      ? { toolChoice: typeof choice === 'string' ? { type: choice } : { type: 'tool', toolName: choice.function.name } }
      : {}),
    ...wishing({
      parallelToolCalls: parallel,
      logprobs: request.logprobs ? (request.top_logprobs ?? 0) : undefined,
    }),
    ...(format ? { responseFormat: responseFormat(format) } : {}),
  }
}

function present<T extends Record<string, number | null | undefined>>(values: T): { [K in keyof T]?: number } {
  const kept: { [K in keyof T]?: number } = {}
  for (const key in values) {
    const value = values[key]
    if (value !== null && value !== undefined) kept[key] = value
  }
  return kept
}

function functionTool(tool: NonNullable<ChatRequest['tools']>[number]['function']) {
  return {
    type: 'function' as const,
    name: tool.name,
    inputSchema: tool.parameters ?? { type: 'object' as const, properties: {} },
    ...(tool.description ? { description: tool.description } : {}),
    ...(tool.strict ? { strict: true } : {}),
  }
}

function responseFormat(
  format: NonNullable<ChatRequest['response_format']>,
): NonNullable<LanguageModelV4CallOptions['responseFormat']> {
  if (format.type === 'text') return { type: 'text' }
  if (format.type === 'json_object') return { type: 'json' }
  const { name, description, schema } = format.json_schema
  return { type: 'json', name, ...(schema ? { schema } : {}), ...(description ? { description } : {}) }
}

function promptOf(messages: readonly ChatMessage[]): LanguageModelV4Prompt {
  const toolNames = new Map<string, string>()
  const prompt: LanguageModelV4Prompt = []
  for (const [index, message] of messages.entries()) {
    if (message.role === 'assistant')
      for (const call of message.tool_calls ?? []) toolNames.set(call.id, call.function.name)
    const converted = convert(message, `messages.${index}`, toolNames)
    const last = prompt.at(-1)
    // Answers to parallel calls are one turn here, several messages there.
    if (converted.role === 'tool' && last?.role === 'tool') last.content.push(...converted.content)
    else prompt.push(converted)
  }
  return prompt
}

function convert(message: ChatMessage, field: string, toolNames: ReadonlyMap<string, string>): LanguageModelV4Message {
  switch (message.role) {
    case 'system':
    case 'developer':
      return { role: 'system', content: words(message.content) }
    case 'user':
      return {
        role: 'user',
        content:
          typeof message.content === 'string'
            ? [{ type: 'text', text: message.content }]
            : message.content.map((part) => userPart(part, field)),
      }
    case 'assistant': {
      const text = message.content ? words(message.content) : ''
      const calls = (message.tool_calls ?? []).map(({ id, function: call }) => ({
        type: 'tool-call' as const,
        toolCallId: id,
        toolName: call.name,
        input: parseArguments(call.arguments, `${field}.tool_calls`),
      }))
      return { role: 'assistant', content: [...(text === '' ? [] : [{ type: 'text' as const, text }]), ...calls] }
    }
    case 'tool': {
      const toolName = toolNames.get(message.tool_call_id)
      if (toolName === undefined)
        throw invalidInput([{ field: `${field}.tool_call_id`, message: 'answers a call that no earlier message made' }])
      return {
        role: 'tool',
        content: [
          {
            type: 'tool-result',
            toolCallId: message.tool_call_id,
            toolName,
            output: { type: 'text', value: words(message.content) },
          },
        ],
      }
    }
  }
}

function words(content: z.output<typeof Words>): string {
  return typeof content === 'string' ? content : content.map((part) => part.text).join('')
}

function userPart(part: z.output<typeof UserPart>, field: string): LanguageModelV4TextPart | LanguageModelV4FilePart {
  switch (part.type) {
    case 'text':
      return part
    case 'image_url':
      return filePart(part.image_url.url, 'image/*', field)
    case 'input_audio':
      return {
        type: 'file',
        mediaType: part.input_audio.format === 'wav' ? 'audio/wav' : 'audio/mpeg',
        data: { type: 'data', data: part.input_audio.data },
      }
    case 'file':
      return {
        ...filePart(part.file.file_data, 'application/pdf', field),
        ...(part.file.filename ? { filename: part.file.filename } : {}),
      }
  }
}
