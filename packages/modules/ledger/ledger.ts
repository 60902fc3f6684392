import type { Context, TransactionContext } from '@guildhall/kernel'
import type { callKinds, ChargedUnits } from './schema.ts'
import type { Spender, SpentBy } from './spent-in-month.ts'

export type CallKind = (typeof callKinds)[number]

/** A model as the price list (pydantic/genai-prices) looks it up. */
export interface PricedCall {
  /** Id of the provider in the list (`openai`, `google`, `azure`, ...); null = told by the address. */
  listedAs: string | null
  /** Address of the connection, which tells who is behind a compatible server. */
  baseUrl: string | null
  /** Slug of the connection, for overrides. */
  provider: string
  model: string
  /** Overrides apply by date. */
  at: Date
}

/** What is charged. Cached and written parts are parts of `input`. */
export interface PricedUsage {
  input: number
  output: number
  cached: number
  cacheWrite: number
  images?: number
  /** The output tokens are an image. */
  outputIsImage?: boolean
  /** Part of `input` that is a recording. */
  inputAudio?: number
  audioSeconds?: number
  /** Of a text that was spoken. */
  characters?: number
  searches?: number
}

export interface Price {
  /** USD micro-units, rounded to the nearest, at least 1 where anything is charged; null = unknown. */
  costMicros: number | null
  /** `genai-prices 0.1.8`, `override <id>`; null where the price is unknown. */
  version: string | null
}

/** The prices of one tenant, held in memory: asking is a computation. */
export interface PriceBook {
  price(call: PricedCall, usage: PricedUsage): Price
}

/** What a journaled attempt brings to the ledger. */
export interface NewUsage {
  /** That of the attempt. A second entry with the same id is left out: writing again after a crash is harmless. */
  id: string
  runId: string
  occurredAt: Date
  kind: CallKind
  outcome: 'ok' | 'failed' | 'cancelled' | 'interrupted'
  source: 'fresh' | 'cached' | 'extractive'
  provider: string
  model: string
  route: string | null
  actor: { type: string; id: string; name: string }
  projectId: string | null
  agentId: string | null
  tokens: {
    input: number
    output: number
    cached: number
    cacheWrite: number
    reasoning: number
    estimated: boolean
  }
  costMicros: number | null
  priceVersion: string | null
  /** What is charged by the piece, so that a price that is entered later can be applied. */
  units?: ChargedUnits | null
}

/** What everything has cost. */
export interface Ledger {
  /** Prices of the tenant: its overrides, its agency's, the published list. */
  prices(ctx: Context): PriceBook | Promise<PriceBook>
  /** Writes entries in the caller's transaction, each in the month where it counts. */
  book(tx: BookingContext, usage: readonly NewUsage[]): Promise<void>
  /** What a part of the tenant has spent in a month (`YYYY-MM`, UTC) so far: a budget set in its middle covers all of it. */
  spentInMonth(ctx: Context, by: SpentBy, month: string): Promise<{ spentMicros: number; unpricedCalls: number }>
  /** Who has spent most of it, at most so many. */
  spendersInMonth(ctx: Context, by: SpentBy, month: string, most: number): Promise<Spender[]>
}

/** What booking needs of a transaction; `now` only where the clock is not the system's. */
export type BookingContext = Pick<TransactionContext, 'db' | 'tenant'> & Partial<Pick<TransactionContext, 'now'>>

declare module '@guildhall/kernel' {
  interface Services {
    ledger: Ledger
  }
}
