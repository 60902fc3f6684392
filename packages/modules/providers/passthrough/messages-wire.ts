import { estimatePrompt } from '../anthropic/count-tokens.ts'
import { callOptionsOf, MessagesRequest } from '../anthropic/messages-request.ts'
import { anthropicMessages } from '../anthropic/render-message.ts'
import { holdsMark } from '../surface/reasoning-mark.ts'
import { messagesAddress } from './addresses.ts'
import { readMembers } from './read-members.ts'
import { readMessage } from './read-message.ts'
import { spliceRequest } from './splice-request.ts'
import type { ReadRequest } from './wire.ts'

/** The version whose events are read here (Anthropic API reference, versions). */
const version = '2023-06-01'

/** Messages of Anthropic. Thoughts of other providers in the conversation mean nothing to Claude: they are translated. */
export const readMessagesRequest: ReadRequest = ({ body: bytes, headers }) => {
  const members = readMembers(bytes)
  const parsed = MessagesRequest.safeParse(members)
  if (!members || !parsed.success || holdsMark(bytes)) return null
  const request = parsed.data
  const options = callOptionsOf(request)
  const beta = headers.get('anthropic-beta')
  return {
    model: request.model,
    stream: request.stream === true,
    options,
    input: request,
    address: messagesAddress,
    headers: {
      'anthropic-version': headers.get('anthropic-version') ?? version,
      ...(beta === null ? {} : { 'anthropic-beta': beta }),
    },
    bytes: (model) => spliceRequest(bytes, members, { model }),
    reader: readMessage,
    dialect: () => anthropicMessages({ inputTokens: () => estimatePrompt(options) }),
  }
}
