import type {
  LanguageModelV4FilePart,
  LanguageModelV4Message,
  LanguageModelV4Prompt,
  LanguageModelV4TextPart,
  LanguageModelV4ToolResultPart,
} from '@ai-sdk/provider'
import { invalidInput } from '@guildhall/kernel'
import { filePart } from '../surface/file-part.ts'
import { parseArguments } from '../surface/parse-arguments.ts'
import { readMark } from '../surface/reasoning-mark.ts'
import type { InputItem, InputPart } from './input-items.ts'

/** A list of items as turns: what an assistant thought, said and called one after the other is one turn. */
export function promptOf(input: string | InputItem[], instructions: string | null | undefined): LanguageModelV4Prompt {
  const prompt: LanguageModelV4Prompt = instructions ? [{ role: 'system', content: instructions }] : []
  if (typeof input === 'string') return [...prompt, { role: 'user', content: [{ type: 'text', text: input }] }]
  const toolNames = new Map<string, string>()
  for (const [index, item] of input.entries()) {
    const message = messageOf(item, `input.${String(index)}`, toolNames)
    const last = prompt.at(-1)
    if (message.role === 'assistant' && last?.role === 'assistant') last.content.push(...message.content)
    else if (message.role === 'tool' && last?.role === 'tool') last.content.push(...message.content)
    else prompt.push(message)
  }
  return prompt
}

function messageOf(item: InputItem, field: string, toolNames: Map<string, string>): LanguageModelV4Message {
  switch (item.type) {
    case 'function_call':
      toolNames.set(item.call_id, item.name)
      return {
        role: 'assistant',
        content: [
          {
            type: 'tool-call',
            toolCallId: item.call_id,
            toolName: item.name,
            input: parseArguments(item.arguments, `${field}.arguments`),
          },
        ],
      }
    case 'function_call_output': {
      const toolName = toolNames.get(item.call_id)
      if (toolName === undefined)
        throw invalidInput([{ field: `${field}.call_id`, message: 'answers a call that no earlier item made' }])
      return {
        role: 'tool',
        content: [{ type: 'tool-result', toolCallId: item.call_id, toolName, output: outputOf(item.output, field) }],
      }
    }
    case 'reasoning': {
      const text = item.summary.map((part) => part.text).join('\n\n')
      const sealed = item.encrypted_content ?? ''
      const providerOptions = sealed === '' ? null : (readMark(sealed) ?? openaiMark(item.id, sealed))
      return {
        role: 'assistant',
        content: [{ type: 'reasoning', text, ...(providerOptions ? { providerOptions } : {}) }],
      }
    }
    case 'message':
      return spoken(item, field)
  }
}

/** Sealed thoughts that OpenAI gave somebody else, and that only OpenAI can read. */
function openaiMark(itemId: string | undefined, reasoningEncryptedContent: string) {
  return { openai: { ...(itemId ? { itemId } : {}), reasoningEncryptedContent } }
}

function spoken({ role, content }: Extract<InputItem, { type: 'message' }>, field: string): LanguageModelV4Message {
  if (role === 'user')
    return {
      role,
      content:
        typeof content === 'string' ? [{ type: 'text', text: content }] : content.map((part) => userPart(part, field)),
    }
  const text = typeof content === 'string' ? content : content.map((part) => wordsOf(part, field)).join('')
  return role === 'assistant' ? { role, content: [{ type: 'text', text }] } : { role: 'system', content: text }
}

function wordsOf(part: InputPart, field: string): string {
  if (part.type === 'input_text' || part.type === 'output_text') return part.text
  if (part.type === 'refusal') return part.refusal
  throw invalidInput([{ field: `${field}.content`, message: 'may hold files only in a turn of the user' }])
}

function userPart(part: InputPart, field: string): LanguageModelV4TextPart | LanguageModelV4FilePart {
  switch (part.type) {
    case 'input_image':
      return filePart(part.image_url ?? '', 'image/*', `${field}.content`)
    case 'input_file':
      return {
        ...filePart(part.file_data ?? part.file_url ?? '', 'application/pdf', `${field}.content`),
        ...(part.filename ? { filename: part.filename } : {}),
      }
    case 'input_audio':
      return {
        type: 'file',
        mediaType: part.input_audio.format === 'wav' ? 'audio/wav' : 'audio/mpeg',
        data: { type: 'data', data: part.input_audio.data },
      }
    default:
      return { type: 'text', text: wordsOf(part, field) }
  }
}

function outputOf(output: string | InputPart[], field: string): LanguageModelV4ToolResultPart['output'] {
  if (typeof output === 'string') return { type: 'text', value: output }
  return { type: 'content', value: output.map((part) => userPart(part, field)) }
}
