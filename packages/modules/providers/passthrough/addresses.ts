import type { Connection } from '../connection.ts'
import type { Address } from './wire.ts'

type Find = (connection: Connection) => Address | null

/** Known per connection: it is asked with each call. */
function remembered(find: Find): Find {
  const addresses = new WeakMap<Connection, Address | null>()
  return (connection) => {
    const known = addresses.get(connection)
    if (known !== undefined) return known
    const address = find(connection)
    addresses.set(connection, address)
    return address
  }
}

const withoutSlash = (baseUrl: string) => baseUrl.replace(/\/+$/, '')
const json = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }
const bearer = (apiKey: string | null) => (apiKey === null ? {} : { authorization: `Bearer ${apiKey}` })

/** Who takes OpenAI's chat completions. */
export const chatAddress = remembered(({ kind, baseUrl, apiKey }) => {
  switch (kind) {
    case 'openai':
    case 'openai-compatible':
    case 'ollama':
    case 'vllm':
    case 'groq':
    case 'mistral':
    case 'openrouter':
      return { url: `${withoutSlash(baseUrl)}/chat/completions`, headers: { ...json, ...bearer(apiKey) } }
    default:
      return null
  }
})

/** Who takes OpenAI's responses. Compatible servers do in some versions, and in part: they are asked in translation. */
export const responsesAddress = remembered(({ kind, baseUrl, apiKey }) =>
  kind === 'openai' ? { url: `${withoutSlash(baseUrl)}/responses`, headers: { ...json, ...bearer(apiKey) } } : null,
)

/** Who takes Anthropic's messages. */
export const messagesAddress = remembered(({ kind, baseUrl, apiKey }) =>
  kind === 'anthropic'
    ? {
        url: `${withoutSlash(baseUrl)}/messages`,
        headers: { ...json, ...(apiKey === null ? {} : { 'x-api-key': apiKey }) },
      }
    : null,
)
