import type {
  LanguageModelV4FilePart,
  LanguageModelV4Message,
  LanguageModelV4Prompt,
  LanguageModelV4ReasoningPart,
  LanguageModelV4TextPart,
  LanguageModelV4ToolResultPart,
  SharedV4ProviderOptions,
} from '@ai-sdk/provider'
import { invalidInput } from '@guildhall/kernel'
import type { z } from 'zod'
import { filePart } from '../surface/file-part.ts'
import { readMark } from '../surface/reasoning-mark.ts'
import type {
  AssistantBlock,
  CacheControl,
  DocumentBlock,
  ImageBlock,
  ToolResultBlock,
  UserBlock,
} from './content-blocks.ts'
import type { CountTokensRequest } from './messages-request.ts'

/** Where a provider keeps prompts by marks, it is told; the others keep them by themselves. */
export function cached(control: CacheControl): { providerOptions?: SharedV4ProviderOptions } {
  if (!control) return {}
  return {
    providerOptions: {
      anthropic: { cacheControl: { type: control.type, ...(control.ttl ? { ttl: control.ttl } : {}) } },
    },
  }
}

export function promptOf({ system, messages }: CountTokensRequest): LanguageModelV4Prompt {
  const toolNames = new Map<string, string>()
  const prompt: LanguageModelV4Prompt = systemMessages(system)
  for (const [index, message] of messages.entries()) {
    const field = `messages.${String(index)}.content`
    if (message.role === 'system') prompt.push(...systemMessages(message.content))
    else if (message.role === 'user') prompt.push(...userMessages(message.content, toolNames, field))
    else prompt.push(assistantMessage(message.content, toolNames))
  }
  return prompt
}

function systemMessages(system: CountTokensRequest['system']): LanguageModelV4Message[] {
  if (!system) return []
  if (typeof system === 'string') return [{ role: 'system', content: system }]
  return system.map((block) => ({ role: 'system', content: block.text, ...cached(block.cache_control) }))
}

/** Answers of tools are a turn of their own here, blocks of the user's turn there; they come first. */
function userMessages(
  content: string | UserBlock[],
  toolNames: ReadonlyMap<string, string>,
  field: string,
): LanguageModelV4Message[] {
  if (typeof content === 'string') return [{ role: 'user', content: [{ type: 'text', text: content }] }]
  const results: LanguageModelV4ToolResultPart[] = []
  const said: (LanguageModelV4TextPart | LanguageModelV4FilePart)[] = []
  for (const [at, block] of content.entries()) {
    const where = `${field}.${String(at)}`
    if (block.type === 'tool_result') results.push(toolResult(block, toolNames, where))
    else if (block.type === 'text') said.push({ type: 'text', text: block.text, ...cached(block.cache_control) })
    else if (block.type === 'image') said.push(image(block, where))
    else said.push(...document(block, where))
  }
  return [
    ...(results.length > 0 ? [{ role: 'tool' as const, content: results }] : []),
    ...(said.length > 0 ? [{ role: 'user' as const, content: said }] : []),
  ]
}

function image({ source, cache_control }: z.output<typeof ImageBlock>, field: string): LanguageModelV4FilePart {
  const part: LanguageModelV4FilePart =
    source.type === 'base64'
      ? { type: 'file', mediaType: source.media_type, data: { type: 'data', data: source.data } }
      : filePart(source.url, 'image/*', field)
  return { ...part, ...cached(cache_control) }
}

/** A document in plain text is text, with its title before it. */
function document(
  { source, title, context, cache_control }: z.output<typeof DocumentBlock>,
  field: string,
): (LanguageModelV4TextPart | LanguageModelV4FilePart)[] {
  const about = [title, context].filter(Boolean).join('\n')
  if (source.type === 'text')
    return [{ type: 'text', text: about ? `${about}\n\n${source.data}` : source.data, ...cached(cache_control) }]
  const file: LanguageModelV4FilePart =
    source.type === 'base64'
      ? { type: 'file', mediaType: source.media_type, data: { type: 'data', data: source.data } }
      : filePart(source.url, 'application/pdf', field)
  return [
    ...(context ? [{ type: 'text' as const, text: context }] : []),
    { ...file, ...(title ? { filename: title } : {}), ...cached(cache_control) },
  ]
}

function toolResult(
  block: z.output<typeof ToolResultBlock>,
  toolNames: ReadonlyMap<string, string>,
  field: string,
): LanguageModelV4ToolResultPart {
  const toolName = toolNames.get(block.tool_use_id)
  if (toolName === undefined)
    throw invalidInput([{ field: `${field}.tool_use_id`, message: 'answers a call that no earlier message made' }])
  return {
    type: 'tool-result',
    toolCallId: block.tool_use_id,
    toolName,
    output: resultOutput(block, field),
    ...cached(block.cache_control),
  }
}

function resultOutput(
  { content, is_error }: z.output<typeof ToolResultBlock>,
  field: string,
): LanguageModelV4ToolResultPart['output'] {
  const blocks = typeof content === 'string' ? [{ type: 'text' as const, text: content }] : (content ?? [])
  if (blocks.every((block) => block.type === 'text')) {
    const value = blocks.map((block) => block.text).join('\n')
    return is_error ? { type: 'error-text', value } : { type: 'text', value }
  }
  const value = blocks.flatMap((block) => {
    if (block.type === 'text') return [{ type: 'text' as const, text: block.text }]
    return block.type === 'image' ? [image(block, field)] : document(block, field)
  })
  return { type: 'content', value }
}

function assistantMessage(content: string | AssistantBlock[], toolNames: Map<string, string>): LanguageModelV4Message {
  if (typeof content === 'string') return { role: 'assistant', content: [{ type: 'text', text: content }] }
  return {
    role: 'assistant',
    content: content.map((block) => {
      switch (block.type) {
        case 'text':
          return { type: 'text', text: block.text, ...cached(block.cache_control) }
        case 'tool_use':
          toolNames.set(block.id, block.name)
          return {
            type: 'tool-call',
            toolCallId: block.id,
            toolName: block.name,
            input: block.input,
            ...cached(block.cache_control),
          }
        case 'thinking':
          return reasoning(block.thinking, block.signature, (signature) => ({ anthropic: { signature } }))
        case 'redacted_thinking':
          return reasoning('', block.data, (redactedData) => ({ anthropic: { redactedData } }))
      }
    }),
  }
}

/** Thoughts as they were given out here; a signature that is not ours is Claude's own. */
function reasoning(
  text: string,
  mark: string,
  own: (mark: string) => SharedV4ProviderOptions,
): LanguageModelV4ReasoningPart {
  const providerOptions = mark === '' ? null : (readMark(mark) ?? own(mark))
  return { type: 'reasoning', text, ...(providerOptions ? { providerOptions } : {}) }
}
