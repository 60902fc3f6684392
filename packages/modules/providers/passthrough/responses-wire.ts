import { openaiResponses } from '../responses/render-response.ts'
import { callOptionsOf, ResponsesRequest } from '../responses/responses-request.ts'
import { holdsMark } from '../surface/reasoning-mark.ts'
import { responsesAddress } from './addresses.ts'
import { readMembers } from './read-members.ts'
import { readResponse } from './read-response.ts'
import { spliceRequest } from './splice-request.ts'
import type { ReadRequest } from './wire.ts'

/** OpenAI's Responses API, without storage: the provider is asked not to keep what it would keep by default. */
export const readResponsesRequest: ReadRequest = ({ body: bytes }) => {
  const members = readMembers(bytes)
  const parsed = ResponsesRequest.safeParse(members)
  if (!members || !parsed.success || holdsMark(bytes) || !bringsItsThoughts(parsed.data)) return null
  const request = parsed.data
  return {
    model: request.model,
    stream: request.stream === true,
    options: callOptionsOf(request),
    input: request,
    address: responsesAddress,
    headers: {},
    bytes: (model) => spliceRequest(bytes, members, { model, store: false }),
    reader: readResponse,
    dialect: () => openaiResponses(request),
  }
}

/** Thoughts by their id alone are looked up by the provider, which has not stored them; a translation leaves them out. */
function bringsItsThoughts({ input }: ResponsesRequest): boolean {
  return (
    typeof input === 'string' || input.every((item) => item.type !== 'reasoning' || Boolean(item.encrypted_content))
  )
}
