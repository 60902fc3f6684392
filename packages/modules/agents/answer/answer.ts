import { Problem, type Context } from '@guildhall/kernel'
import type { Locator } from '@guildhall/modules/knowledge'
import type { Answered } from '@guildhall/modules/providers'
import type { RunTotals } from '@guildhall/modules/runs'
import type { ModelMessage } from 'ai'
import type { AgentConfig } from '../agent-config.ts'

/** An agent as it answers: one of its versions, or its draft. */
export interface AnsweringAgent {
  id: string
  name: string
  projectId: string | null
  /** Null = the draft. */
  version: number | null
  config: AgentConfig
}

export interface AnswerRequest {
  agent: AnsweringAgent
  /** Kind of the run. */
  kind: 'chat' | 'completion'
  chatId?: string
  /** The conversation; the last message is the question. */
  messages: ModelMessage[]
  /** What people have asked, oldest first; the last one is the question. */
  questions: string[]
  /** What a calling program adds to the agent's instructions. */
  furtherInstructions?: string
  /** Id of the answer in the protocol of the chat's client. */
  messageId?: string
  /** Told as soon as the run exists. */
  onStart?: (runId: string) => void
}

/** A passage that the answer names with `[marker]`; `quote` is word for word `text.slice(start, end)` of the passage. */
export interface CitationItem {
  marker: number
  passageId: string
  sourceId: string
  baseId: string
  title: string
  headingPath: string[]
  locator: Locator
  quote: string
  start: number
  end: number
}

/** Something about an answer that people should see beside it. */
export interface Notice {
  kind: 'extractive' | 'cached' | 'topic' | 'budget' | 'no-knowledge' | 'knowledge-unavailable' | 'steps'
  text: string
}

/** What came of an answer. `data-run` of the stream. */
interface RunSummary {
  runId: string
  provider: string | null
  model: string | null
  source: Answered['source'] | null
  fallbackReason: string | null
  tokensIn: number
  tokensOut: number
  /** USD micro-units; "at least" when `costComplete` is false. */
  costMicros: number
  costComplete: boolean
  ms: number
  /** It cites a passage or rests on what a tool returned. */
  grounded: boolean
}

export interface AnswerResult {
  outcome: 'ok' | 'failed' | 'cancelled'
  text: string
  citations: CitationItem[]
  notices: Notice[]
  run: RunSummary
  totals: RunTotals
  /** Null when no model was asked. */
  answered: Answered | null
  /** Why it failed, as shown to people. */
  error: string | null
}

/** Tool calls and passages that an answer rests on are collected here while it is written. */
export interface Evidence {
  toolResults: number
}

/** What people read in place of an answer that failed: what a problem says, else that its run knows more. */
export function failureText(ctx: Context, cause: unknown): string {
  const what = cause instanceof Problem ? cause.message : 'The answer could not be completed. Its run says why.'
  return `${what} Request ${ctx.requestId}.`
}
