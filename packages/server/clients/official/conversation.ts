/** A tool that callers offer in the tests. */
export const priceTool = {
  name: 'price',
  description: 'Price of a service',
  schema: {
    type: 'object' as const,
    properties: { service: { type: 'string' as const } },
    required: ['service'],
    additionalProperties: false,
  },
}

export const personSchema = {
  type: 'object' as const,
  properties: { name: { type: 'string' as const } },
  required: ['name'],
  additionalProperties: false,
}

interface Call {
  id: string
  name: string
  arguments: unknown
}

/** What is asked, in no protocol's words. */
export interface Question {
  model: string
  text: string
  stream: boolean
  /** Offers the tool. */
  tools?: boolean
  /** The calls that were made, and what the tool answered to each. */
  answered?: { calls: Call[]; result: string }
  /** Base64 of a PNG. */
  image?: string
  /** Asks for JSON by `personSchema`. */
  json?: boolean
}

/** What came back, in no protocol's words. */
export interface Told {
  text: string
  calls: Call[]
  /** Pieces that words came in; 1 for a whole answer. */
  pieces: number
  tokens: { input: number; output: number }
  finish: 'stop' | 'tools' | 'length' | 'other'
}

/** An official client, unmodified but for its base URL. */
export interface OfficialClient {
  name: string
  ask(question: Question): Promise<Told>
}

export interface Door {
  /** Of the server, without a path. */
  url: string
  apiKey: string
  /** Slug of the agency's client for whom is asked. */
  client: string
}
