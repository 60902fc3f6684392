import type { Context } from '@guildhall/kernel'

export interface AdmissionRequest {
  /** What the caller has named: a route, `provider/model`, a model. Null = nothing: it is work behind what was allowed. */
  requested: string | null
  /** Alias of the route that this is; null = a model by name. */
  route: string | null
  /** What the call may use at most, as far as it can be known before. Worked out when it is read: read what a limit needs. */
  estimate: {
    /** Input and, at most, output. */
    tokens: number
    /** USD micro-units; null = price unknown, which no budget can refuse. */
    costMicros: number | null
  }
  projectId: string | null
  agentId: string | null
}

/** A call that was let in. Holds a place, and money, until it is settled. */
export interface Admission {
  /** A budget is spent, and this is to be asked instead. Null = what was requested. */
  readonly downgradeTo: string | null
  /** `x-ratelimit-*` of the tightest limits, as OpenAI's clients read them. Empty without limits. */
  readonly headers: Readonly<Record<string, string>>
  /** Says what it came to, once; nothing was sent = zeros. An unknown cost counts as the estimate did. */
  settle(actual: { tokens: number; costMicros: number | null }): void
}

export interface CallAttribution {
  projectId: string | null
  agentId: string | null
  /** A person's id; null = nobody in particular. */
  userId: string | null
}

/** Decides whether a call may be made now, in memory where nothing has run out. */
export interface CallLimits {
  /**
   * @throws Problem 403 `model-not-allowed`; 429 `rate-limited`, `too-many-calls` with Retry-After; 413 `call-too-large`
   * (more tokens than a minute allows); 402 `budget-spent` with the code `insufficient_quota`
   */
  admit(ctx: Context, request: AdmissionRequest): Admission | Promise<Admission>
  /** Whether the caller's key may name this at all; for lists of models. */
  mayName(ctx: Context, requested: string): boolean | Promise<boolean>
  /** Whom a call counts for: what the key was made for comes before what the request names. */
  attribution(
    ctx: Context,
    named: { projectId: string | null; agentId: string | null },
  ): CallAttribution | Promise<CallAttribution>
}

declare module '@guildhall/kernel' {
  interface Services {
    limits: CallLimits
  }
}
