import type { Context } from '@guildhall/kernel'
import type { PriceBook } from '@guildhall/modules/ledger'
import type { Admission } from '@guildhall/modules/limits'
import type { Target } from './connection.ts'
import { pricedCall } from './priced-call.ts'

/** Output of a call whose caller sets no limit: what answers usually stay below. */
const usualOutputTokens = 1_024

export interface CallEstimate {
  requested: string
  route: string | null
  /** Who is asked first: its price is the estimate's. */
  first: Target | undefined
  inputTokens: number
  /** Most that may come back; undefined = the caller did not say. */
  maxOutputTokens: number | undefined
  projectId: string | null
  agentId: string | null
}

/**
 * Asks the limits and budgets whether a call may be made.
 * @throws Problem 402, 403, 429
 */
export function admitCall(
  ctx: Context,
  prices: PriceBook,
  { requested, route, first, inputTokens, maxOutputTokens, projectId, agentId }: CallEstimate,
): Admission | Promise<Admission> {
  const output = maxOutputTokens ?? usualOutputTokens
  const usage = { input: inputTokens, output, cached: 0, cacheWrite: 0 }
  const costMicros = first ? prices.price(pricedCall(first, ctx.now()), usage).costMicros : 0
  const estimate = { tokens: inputTokens + output, costMicros }
  return ctx.services.limits.admit(ctx, { requested, route, estimate, projectId, agentId })
}

/** Adds up what a call has come to, and tells the limits once. */
export interface Settling {
  add(tokens: { input: number; output: number } | undefined, costMicros: number | null): void
  /** USD micro-units so far; null = some price is unknown. */
  costMicros(): number | null
  settle(): void
}

export function startSettling(admission: Admission): Settling {
  let tokens = 0
  let costMicros: number | null = 0
  let settled = false
  return {
    add(used, cost) {
      tokens += (used?.input ?? 0) + (used?.output ?? 0)
      costMicros = costMicros === null || cost === null ? null : costMicros + cost
    },
    costMicros: () => costMicros,
    settle() {
      if (settled) return
      settled = true
      admission.settle({ tokens, costMicros })
    },
  }
}
