import type {
  LanguageModelV4CallOptions,
  LanguageModelV4Content,
  LanguageModelV4FinishReason,
  LanguageModelV4Usage,
} from '@ai-sdk/provider'
import type { Problem, RawExchange } from '@guildhall/kernel'
import type { Connection } from '../connection.ts'
import type { Dialect } from '../surface/dialect.ts'

/** Where a connection takes the requests of a protocol as they are. */
export interface Address {
  url: string
  headers: Readonly<Record<string, string>>
}

/** What of an answer the gateway must know. */
export interface Outcome {
  content: LanguageModelV4Content[]
  /** Null = the provider has not said that it is done. */
  finish: LanguageModelV4FinishReason | null
  /** Undefined when the provider said nothing that can be read. */
  usage: LanguageModelV4Usage | undefined
}

/** Reads one answer of a protocol while its bytes pass. */
export interface AnswerReader {
  /**
   * Takes the data of a server-sent event.
   * @returns whether it is given on, left out, or the last one, which is given when the answer is booked
   * @throws what the provider sent as an error; StreamCut
   */
  event(data: Record<string, unknown>): 'give' | 'hide' | 'last'
  /**
   * Takes an answer that came whole.
   * @returns why it is none; null = it is one
   * @throws what the provider sent as an error; StreamCut
   */
  whole(answer: Record<string, unknown>): string | null
  /** Words, thoughts or arguments of a tool have come. */
  readonly said: boolean
  readonly finished: boolean
  outcome(): Outcome
  /** The last event, for providers that end without it. */
  readonly closing: string
  /** How an answer that broke off says so, in place of its rest. */
  fault(problem: Problem): string
}

/** A request whose bytes can pass. */
export interface PassRequest {
  model: string
  stream: boolean
  /** What is asked, for limits, cache and those who need a translation. */
  options: LanguageModelV4CallOptions
  /** As it came, for the journal. */
  input: unknown
  /** Null = the connection speaks another protocol. */
  address(connection: Connection): Address | null
  /** The caller's bytes with the model that the target knows, and as little else changed as can be. */
  bytes(model: string): Buffer
  /** Sent beside the address's own. */
  headers: Readonly<Record<string, string>>
  reader(): AnswerReader
  /** Writes what no provider has written in this protocol. */
  dialect(): Dialect
}

/** @returns null when the request must be translated, or refused, which the one who reads it next does */
export type ReadRequest = (exchange: Pick<RawExchange, 'body' | 'headers'>) => PassRequest | null

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** An error in the middle of a stream, in words that failures are told apart by. */
export function toldError(error: unknown): unknown {
  if (!isRecord(error)) return new Error(JSON.stringify(error))
  const code = error['code'] ?? error['type']
  return typeof code === 'string' ? { ...error, code } : error
}
