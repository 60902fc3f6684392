import type {
  LanguageModelV4CallOptions,
  LanguageModelV4Content,
  LanguageModelV4FinishReason,
  LanguageModelV4StreamPart,
} from '@ai-sdk/provider'

/** What was said, without reasoning and tool calls. */
export function textOf(content: readonly LanguageModelV4Content[]): string {
  return content.map((part) => (part.type === 'text' ? part.text : '')).join('')
}

/** Everything that was written, for an estimate of its length. */
export function allTextOf(content: readonly LanguageModelV4Content[]): string {
  return content
    .map((part) =>
      part.type === 'text' || part.type === 'reasoning' ? part.text : part.type === 'tool-call' ? part.input : '',
    )
    .join('')
}

/** Puts the parts of a stream together again as content. */
export function collectContent(): {
  add(part: LanguageModelV4StreamPart): void
  content(): LanguageModelV4Content[]
  /** Everything that was written so far, half of a tool call included. */
  written(): string
  /** A tool call has begun and not come to its end, or its arguments are not whole. */
  halfToolCall(): boolean
} {
  const content: LanguageModelV4Content[] = []
  const open = new Map<string, { type: 'text' | 'reasoning'; text: string }>()
  /** Arguments of tool calls that are not whole yet. */
  const inputs = new Map<string, string>()
  const block = (type: 'text' | 'reasoning', id: string, delta: string) => {
    const known = open.get(`${type}:${id}`)
    if (known) known.text += delta
    else {
      const fresh = { type, text: delta }
      open.set(`${type}:${id}`, fresh)
      content.push(fresh)
    }
  }
  return {
    add(part) {
      if (part.type === 'text-delta') block('text', part.id, part.delta)
      else if (part.type === 'reasoning-delta') block('reasoning', part.id, part.delta)
      else if (part.type === 'tool-input-delta') inputs.set(part.id, (inputs.get(part.id) ?? '') + part.delta)
      else if (
        part.type === 'tool-call' ||
        part.type === 'tool-result' ||
        part.type === 'source' ||
        part.type === 'file'
      ) {
        if (part.type === 'tool-call') inputs.delete(part.toolCallId)
        content.push(part)
      }
    },
    content: () => content,
    halfToolCall: () => inputs.size > 0 || content.some(isHalfToolCall),
    written: () => [allTextOf(content), ...inputs.values()].join(''),
  }
}

/** Arguments are JSON; what is not was cut. */
export function isHalfToolCall(part: LanguageModelV4Content | LanguageModelV4StreamPart): boolean {
  return part.type === 'tool-call' && part.input.trim() !== '' && !isJson(part.input)
}

interface Ended {
  content: readonly LanguageModelV4Content[]
  finishReason: LanguageModelV4FinishReason
  /** A tool call has begun that is not in `content`. */
  halfToolCall?: boolean
}

/**
 * What is missing of an answer whose provider says that it is done; null = nothing. One that was ended by its token limit or
 * by a filter says so itself: its reader expects less than all.
 */
export function cutIn(
  { content, finishReason, halfToolCall = false }: Ended,
  responseFormat: LanguageModelV4CallOptions['responseFormat'],
): string | null {
  const { unified } = finishReason
  if (unified === 'length' || unified === 'content-filter') return null
  if (halfToolCall || content.some(isHalfToolCall)) return 'the provider ended its answer in the middle of a tool call'
  if (responseFormat?.type !== 'json' || unified !== 'stop') return null
  // Only what begins like JSON: a model without a JSON mode wraps it, which its reader may know how to unwrap.
  const text = textOf(content).trim()
  return /^[[{]/.test(text) && !isJson(text) ? 'the provider ended its answer in the middle of its JSON' : null
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
