import { callOptionsOf, ChatRequest } from '../openai/chat-request.ts'
import { chatCompletions } from '../openai/render-completion.ts'
import { chatAddress } from './addresses.ts'
import { readChatAnswer } from './read-chat-answer.ts'
import { readMembers } from './read-members.ts'
import { spliceRequest } from './splice-request.ts'
import type { ReadRequest } from './wire.ts'

/** Chat completions (OpenAI API reference): usage is always asked for, and hidden from who has not. */
export const readChatRequest: ReadRequest = ({ body: bytes }) => {
  const members = readMembers(bytes)
  const parsed = ChatRequest.safeParse(members)
  if (!members || !parsed.success) return null
  const request = parsed.data
  const stream = request.stream === true
  const includeUsage = request.stream_options?.include_usage === true
  const options = stream ? { stream_options: { ...request.stream_options, include_usage: true } } : {}
  return {
    model: request.model,
    stream,
    options: callOptionsOf(request),
    input: request,
    address: chatAddress,
    headers: {},
    bytes: (model) => spliceRequest(bytes, members, { model, ...(includeUsage ? {} : options) }),
    reader: () => readChatAnswer({ hideUsage: !includeUsage }),
    dialect: () => chatCompletions({ includeUsage }),
  }
}
