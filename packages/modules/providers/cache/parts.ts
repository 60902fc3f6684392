import type {
  LanguageModelV4Content,
  LanguageModelV4FinishReason,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
} from '@ai-sdk/provider'
import { z } from 'zod'
import type { Asked } from '../request-hash.ts'

/** An answer of a language model in the form `parts`. */
export interface AnswerParts {
  content: LanguageModelV4Content[]
  finishReason: LanguageModelV4FinishReason
}

/** Form of these payloads in the cache. */
export const partsForm = 'parts'

/**
 * Whether an answer may be given again. Only one that ended by itself (`stop`): cut, filtered and failed ones are not
 * answers. No tool calls, results and approvals: giving one again would act again, on a world that has changed. No files and
 * sources: large, or links that expire. Reasoning is kept with the words it led to.
 */
export function mayBeKept({ content, finishReason }: AnswerParts): boolean {
  return (
    finishReason.unified === 'stop' &&
    content.some((part) => part.type === 'text' && part.text !== '') &&
    content.every((part) => part.type === 'text' || part.type === 'reasoning')
  )
}

/**
 * Whether the same request may be answered the same way at all. Not when the caller asks for variety on purpose: a
 * temperature above 1, or tools whose results belong to the moment in the conversation.
 */
export function isRepeatable(asked: Asked): boolean {
  return (asked.temperature ?? 0) <= 1 && !asked.prompt.some((message) => message.role === 'tool')
}

/** @throws Error when the answer may not be kept: ask `mayBeKept` first */
export function partsPayload(answer: AnswerParts): string {
  if (!mayBeKept(answer)) throw new Error('This answer may not be given again')
  const content = answer.content.flatMap((part) =>
    part.type === 'text' || part.type === 'reasoning' ? [{ type: part.type, text: part.text }] : [],
  )
  return JSON.stringify({ content, raw: answer.finishReason.raw ?? null })
}

const Payload = z.object({
  content: z.array(z.object({ type: z.enum(['text', 'reasoning']), text: z.string() })),
  raw: z.string().nullable(),
})

export function partsOfPayload(payload: string): AnswerParts {
  const { content, raw } = Payload.parse(JSON.parse(payload))
  return { content, finishReason: { unified: 'stop', raw: raw ?? undefined } }
}

/** Characters per piece of a stream that is replayed. */
const pieceLength = 120

/** The answer as a model would stream it, at once. The last part, `finish`, carries `usage`. */
export function replayParts(
  answer: AnswerParts,
  about: { model: string; usage: LanguageModelV4Usage; timestamp: Date },
): LanguageModelV4StreamPart[] {
  const parts: LanguageModelV4StreamPart[] = [
    { type: 'stream-start', warnings: [] },
    { type: 'response-metadata', modelId: about.model, timestamp: about.timestamp },
  ]
  answer.content.forEach((part, at) => {
    if (part.type !== 'text' && part.type !== 'reasoning') return
    const id = String(at)
    parts.push({ type: `${part.type}-start`, id })
    for (const delta of pieces(part.text)) parts.push({ type: `${part.type}-delta`, id, delta })
    parts.push({ type: `${part.type}-end`, id })
  })
  parts.push({ type: 'finish', usage: about.usage, finishReason: answer.finishReason })
  return parts
}

/** In whole code points. */
function pieces(text: string): string[] {
  return text.match(new RegExp(`[\\s\\S]{1,${pieceLength}}`, 'gu')) ?? []
}

/** The last words of the user, and everything else; null when the last message is not words of a user alone. */
export function questionOf(asked: Asked): { question: string; context: unknown } | null {
  const last = asked.prompt.at(-1)
  if (last?.role !== 'user' || !last.content.every((part) => part.type === 'text')) return null
  const question = last.content.map((part) => (part.type === 'text' ? part.text : '')).join('\n')
  if (question.trim() === '') return null
  return { question, context: { ...asked, prompt: asked.prompt.slice(0, -1) } }
}
