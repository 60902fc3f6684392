import type { CallKind, ChargedUnits } from '@guildhall/modules/ledger'
import type { Context } from '@guildhall/kernel'

/** Outcome of a run, a step or an attempt. `interrupted` = the process died while it ran. */
export type Outcome = 'running' | 'ok' | 'failed' | 'cancelled' | 'interrupted'

export interface StartRun {
  /** What was asked for: `chat`, `completion`, `embedding`, `analysis`, `roleplay`, `ingestion`, ... */
  kind: string
  /** One line for lists, for instance the question or the file name; cut to 200 characters by the journal. */
  title: string
  agent?: { id: string; name: string; version: number | null }
  projectId?: string
  chatId?: string
  /** Stored by content hash, sealed. */
  input?: unknown
  /**
   * Written as a whole when it has ended, off the path of its answer, and seen only then: for calls that come by the
   * thousand. It is safe from a crash of the process once `end` has resolved.
   */
  deferred?: boolean
}

export interface Tokens {
  /** All input tokens, the cached ones included. */
  input: number
  output: number
  /** Part of `input` that the provider read from its cache. */
  cached: number
  /** Part of `input` that the provider wrote to its cache, at a price of its own. */
  cacheWrite?: number
  reasoning?: number
  /** Counted by us because the provider sent no usage. */
  estimated?: boolean
}

export interface AttemptRecord {
  provider: string
  model: string
  outcome: Exclude<Outcome, 'running'>
  startedAt: Date
  /** Milliseconds to the end, and to the first token of a stream. */
  ms: number
  firstTokenMs?: number
  tokens?: Tokens
  /** USD micro-units; null = price unknown, 0 only where it truly costs nothing. */
  costMicros: number | null
  /** What the cost was computed with; null = price unknown, or nothing to price. */
  priceVersion?: string | null
  /** Images, seconds and searches, where the provider charges by them. */
  units?: ChargedUnits | null
  /** What was called; default `chat`. */
  kind?: CallKind
  /** Default `fresh`. */
  source?: 'fresh' | 'cached' | 'extractive'
  /** Alias of the route that was asked. */
  route?: string | null
  /** HTTP status of the provider, when there was an answer. */
  status?: number
  /** Why this attempt was made instead of an earlier one, or why it failed: `rate_limited`, `server_error`, `timeout`, `refused`, `cut`, `no_key`, ... */
  reason?: string
  error?: string
}

export interface StepOptions {
  kind: 'model' | 'tool' | 'retrieval' | 'engine' | 'approval' | 'message'
  name: string
  input?: unknown
}

/** A step that is being worked on. Its attempts and payloads are written when it ends, also when it fails. */
export interface StepHandle {
  readonly id: string
  attempt(record: AttemptRecord): void
  output(value: unknown): void
  /** Facts for the timeline that are not payload: engine version, number of passages, chosen threshold. */
  facts(values: Record<string, unknown>): void
}

/** A run that is being worked on. */
export interface RunHandle {
  readonly id: string
  /** For whom it works: routes and limits look at these. */
  readonly projectId?: string | null
  readonly agentId?: string | null
  /** Runs `work` as a step; a thrown error marks the step failed and goes on to the caller. */
  step<T>(options: StepOptions, work: (step: StepHandle) => Promise<T>): Promise<T>
  /** For steps whose end is not the end of a function (streams). `end` may be called once. */
  openStep(
    options: StepOptions,
  ): Promise<StepHandle & { end(outcome: Exclude<Outcome, 'running'>, error?: string): Promise<void> }>
  /**
   * The first part of an answer is about to leave. From here on a crash leaves a trace of the attempt, interrupted and
   * with what is known of it. For runs that are seen from their start, nothing.
   */
  begun?(attempt: AttemptRecord): void
  /** Closes the run and adds up tokens and cost from its attempts. Idempotent. */
  end(
    outcome: Exclude<Outcome, 'running' | 'interrupted'>,
    result?: { output?: unknown; error?: string },
  ): Promise<RunTotals>
}

export interface RunTotals {
  runId: string
  tokensIn: number
  tokensOut: number
  /** USD micro-units of the attempts whose price is known. */
  costMicros: number
  /** False when some attempt's price is unknown: show "at least". */
  costComplete: boolean
  ms: number
  /** Who answered in the end. */
  provider: string | null
  model: string | null
}

/** The journal of everything agents do. Written in transactions of its own, so a failed request still leaves its run. */
export interface RunJournal {
  start(ctx: Context, run: StartRun): Promise<RunHandle>
  /** Runs `work` inside a run and ends it with what came of it. */
  record<T>(ctx: Context, run: StartRun, work: (run: RunHandle) => Promise<T>): Promise<{ value: T; totals: RunTotals }>
}

declare module '@guildhall/kernel' {
  interface Services {
    runs: RunJournal
  }
}
