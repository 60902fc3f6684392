import type { Context } from '@guildhall/kernel'
import type { RunTotals } from '@guildhall/modules/runs'
import type { Answered } from './gateway.ts'

/** A turn of a conversation with an agent. Its own instructions come first; a `system` turn adds to them. */
export interface AgentTurn {
  role: 'system' | 'user' | 'assistant'
  text: string
}

export interface AgentCompletionRequest {
  /** Slug of a published agent. */
  slug: string
  messages: readonly AgentTurn[]
  /** Whether the caller reads while it is written. */
  stream: boolean
  signal: AbortSignal
}

export type AgentCompletionPart =
  | { type: 'text'; delta: string }
  /** The last part of a completion that came to its end; a fault is thrown by the iteration instead. */
  | {
      type: 'end'
      finishReason: 'stop' | 'length' | 'content-filter'
      totals: RunTotals
      answered: Answered | null
      citations: { marker: string; title: string; quote: string; sourceId: string }[]
    }

export interface AgentCompletion {
  /** The agent's own run, which it ends itself. */
  runId: string
  parts: AsyncIterable<AgentCompletionPart>
}

/** Published agents behind the OpenAI surface (`model: "agent:<slug>"`). Offered by the agents module. */
export interface AgentCompletions {
  /** Agents that the caller's tenant has published. */
  list(ctx: Context): Promise<{ slug: string; name: string; publishedAt: Date }[]>
  /** @throws Problem 404 when no published agent of the tenant has this slug. */
  complete(ctx: Context, request: AgentCompletionRequest): Promise<AgentCompletion>
}

declare module '@guildhall/kernel' {
  interface Services {
    /** Absent in an installation without the agents module. */
    agentCompletions?: AgentCompletions
  }
}
