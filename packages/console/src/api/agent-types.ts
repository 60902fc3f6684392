import type { Answer, Locator } from './types'

type Items<T> = T extends { items: (infer I)[] } ? I : never

export type AgentSummary = Items<Answer<'/api/agents'>>
export type Agent = Answer<'/api/agents/{id}'>
/** What an agent is: its draft, or one of its frozen versions. Money in USD micro-units. */
export type AgentConfig = Agent['draft']
export type AgentVersion = Items<Answer<'/api/agents/{id}/versions'>>
export type ChatSummary = Items<Answer<'/api/chats'>>
export type ChatDetail = Answer<'/api/chats/{id}'>

/** Data parts of the chat stream; the stream's protocol is the AI SDK's, these three are Guildhall's. */
export interface Citation {
  marker: number
  passageId: string
  sourceId: string
  baseId: string
  title: string
  headingPath: string[]
  locator: Locator
  /** Word for word from the passage, `start` to `end` of its text. */
  quote: string
  start: number
  end: number
}

export interface CitationsPart {
  items: Citation[]
}

export interface NoticesPart {
  items: { kind: string; text: string }[]
}

export interface RunPart {
  runId: string
  provider: string | null
  model: string | null
  source: 'fresh' | 'cached' | 'extractive' | null
  fallbackReason: string | null
  tokensIn: number
  tokensOut: number
  costMicros: number
  costComplete: boolean
  ms: number
}
