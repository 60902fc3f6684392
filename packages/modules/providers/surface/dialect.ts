import type { LanguageModelV4CallOptions } from '@ai-sdk/provider'
import type { AnswerEnd, AnswerEvent } from './events.ts'

/** A request for an answer in words, in whatever dialect it came. */
export interface Asked {
  model: string
  options: LanguageModelV4CallOptions
  /** The request as it came, for the journal. */
  input: unknown
  stream: boolean
}

/** What all objects of one answer share. */
export interface Head {
  runId: string
  /** Seconds since 1970. */
  created: number
  /** Who answers, `provider/model`. */
  model: string
}

export interface Telling {
  /** The extension of the last event: run, cost, who answered. Called once all is known; ends the run. */
  further(end: AnswerEnd): Promise<Record<string, unknown>>
  /** Called when the answer broke: ends the run. */
  failed(error: unknown): Promise<void>
}

/** How answers are written in one protocol. */
export interface Dialect {
  /** Where its requests ask for JSON, for refusals. */
  formatField: string
  whole(
    events: Iterable<AnswerEvent> | AsyncIterable<AnswerEvent>,
    head: () => Head,
  ): Promise<{ body: Record<string, unknown>; end: AnswerEnd | null }>
  /** Server-sent events. A fault after the beginning ends them with the protocol's own error, never with a clean end. */
  frames(events: AsyncIterable<AnswerEvent>, head: Head, telling: Telling): AsyncGenerator<string, void>
}

export const seconds = () => Math.floor(Date.now() / 1000)
