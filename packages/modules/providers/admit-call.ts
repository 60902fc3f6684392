import type { Context } from '@guildhall/kernel'
import type { PriceBook, PricedUsage } from '@guildhall/modules/ledger'
import type { Admission } from '@guildhall/modules/limits'
import type { Target } from './connection.ts'
import { pricedCall } from './priced-call.ts'

export interface CallEstimate {
  /** Null = the caller has named nothing: it is work behind what was allowed. */
  requested: string | null
  route: string | null
  /** Who may be asked, in order. */
  targets: readonly Target[]
  /** What the call may use and be charged for, as far as it can be known before. */
  usage: PricedUsage
  /** Input and, at most, output; counted only where a limit asks. */
  tokens: () => number
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
  { requested, route, targets, usage, tokens, projectId, agentId }: CallEstimate,
): Admission | Promise<Admission> {
  let cost: number | null | undefined
  const estimate = {
    get tokens() {
      return tokens()
    },
    get costMicros() {
      return (cost = cost === undefined ? estimateCost(prices, targets, usage, ctx.now()) : cost)
    },
  }
  return ctx.services.limits.admit(ctx, { requested, route, estimate, projectId, agentId })
}

/**
 * What it costs at the one who is asked first. Where that is nothing, or nobody knows, what it costs at the dearest of
 * those who may have to answer instead: a budget that is spent must not be passed by way of a free target that fails.
 */
function estimateCost(prices: PriceBook, targets: readonly Target[], usage: PricedUsage, at: Date): number | null {
  let dearest: number | null = 0
  for (const [place, target] of targets.entries()) {
    const { costMicros } = prices.price(pricedCall(target, at), usage)
    if (place === 0 && costMicros !== null && costMicros > 0) return costMicros
    if (costMicros === null) dearest ||= null
    else if (costMicros > (dearest ?? 0)) dearest = costMicros
  }
  return dearest
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
