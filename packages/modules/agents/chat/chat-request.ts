import { fieldProblems, invalidInput } from '@guildhall/kernel'
import { z } from 'zod'

const longestQuestion = 32_000

const ChatMessage = z.looseObject({
  id: z.string().min(1).max(100),
  role: z.enum(['user', 'assistant', 'system']),
  parts: z.array(z.looseObject({ type: z.string() })),
})

/** Body of the AI SDK's `DefaultChatTransport`; of `messages` only the last is read, the server has the others. */
export const ChatRequestBody = z.object({
  message: ChatMessage.optional().describe('The question; or send `messages`, whose last one is it'),
  messages: z.array(ChatMessage).optional(),
  trigger: z.enum(['submit-message', 'regenerate-message']).default('submit-message'),
  messageId: z
    .string()
    .min(1)
    .max(100)
    .nullish()
    .describe('submit-message: the question that is replaced. regenerate-message: the answer that is written anew'),
})

export type ChatRequest =
  | { trigger: 'submit-message'; id: string; text: string; replaces: boolean }
  | { trigger: 'regenerate-message'; messageId: string | null }

/** @throws Problem 400 naming the field. */
export function parseChatRequest(body: unknown): ChatRequest {
  const parsed = ChatRequestBody.safeParse(body)
  if (!parsed.success) throw invalidInput(fieldProblems(parsed.error))
  const { trigger, messageId, message, messages } = parsed.data
  if (trigger === 'regenerate-message') return { trigger, messageId: messageId ?? null }
  const field = message ? 'message' : `messages.${String((messages?.length ?? 1) - 1)}`
  const question = message ?? messages?.at(-1)
  if (!question) throw invalidInput([{ field: 'message', message: 'is missing: send the question as a user message' }])
  if (question.role !== 'user') throw invalidInput([{ field: `${field}.role`, message: 'must be user' }])
  return {
    trigger,
    id: question.id,
    text: textOf(question.parts, field),
    replaces: messageId !== undefined && messageId !== null && messageId === question.id,
  }
}

function textOf(parts: z.output<typeof ChatMessage>['parts'], field: string): string {
  const texts = parts.map((part, index) => {
    const place = `${field}.parts.${String(index)}`
    if (part.type !== 'text')
      throw invalidInput([
        { field: place, message: `is of type ${part.type}: questions are text; add files to the agent's knowledge` },
      ])
    const text = part['text']
    if (typeof text !== 'string') throw invalidInput([{ field: `${place}.text`, message: 'must be text' }])
    return text
  })
  const text = texts.join('\n').trim()
  if (text === '') throw invalidInput([{ field: `${field}.parts`, message: 'hold no text' }])
  if (text.length > longestQuestion)
    throw invalidInput([
      {
        field: `${field}.parts`,
        message: `hold more than ${String(longestQuestion)} characters; shorten the question`,
      },
    ])
  return text
}
