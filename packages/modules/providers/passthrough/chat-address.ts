import type { Connection } from '../connection.ts'

/** Where a connection takes OpenAI's chat completions as they are; null = it speaks another dialect. */
export interface ChatAddress {
  url: string
  headers: Record<string, string>
}

const addresses = new WeakMap<Connection, ChatAddress | null>()

/** Known per connection: it is asked with each call. */
export function chatAddress(connection: Connection): ChatAddress | null {
  const known = addresses.get(connection)
  if (known !== undefined) return known
  const address = addressOf(connection)
  addresses.set(connection, address)
  return address
}

function addressOf({ kind, baseUrl, apiKey }: Connection): ChatAddress | null {
  switch (kind) {
    case 'openai':
    case 'openai-compatible':
    case 'ollama':
    case 'vllm':
    case 'groq':
    case 'mistral':
    case 'openrouter':
      return {
        url: `${baseUrl.replace(/\/+$/, '')}/chat/completions`,
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          ...(apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }),
        },
      }
    default:
      return null
  }
}
