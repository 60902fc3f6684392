import { type Runtime } from '@guildhall/kernel'
import type { Budget, KeyPolicy } from './book.ts'
import { createBudgetSlice, currentMonth, type BudgetSlice } from './budget-slices.ts'
import { rateSubject, requestRate, tokenRate } from './gcra.ts'
import { createPlaceMeter, type PlaceMeter } from './places.ts'
import { createRateMeter, type RateMeter } from './rates.ts'
import { askForIdle, type LimitParts } from './shared.ts'

/** What one process counts, for all keys and budgets that it has met lately. */
export interface Meters {
  requests(policy: KeyPolicy): RateMeter | null
  tokens(policy: KeyPolicy): RateMeter | null
  places(policy: KeyPolicy): PlaceMeter | null
  slice(budget: Budget): BudgetSlice
  /** Returns what lies idle of a tenant's budgets: they were changed, perhaps lowered. */
  giveBackBudgets(tenantId: string): void
  /** Counts all that was spent, now. */
  flush(): Promise<void>
  /** Counts and returns everything. */
  stop(): Promise<void>
}

export interface MeterOptions {
  runtime: Runtime
  parts: LimitParts
  clock?: (() => number) | undefined
  countEveryMs: number
}

const lookEveryMs = 1_000
/** What nobody has used for so long is returned. */
const idleMs = 2_000
/** What nobody has used for so long is forgotten. */
const forgetMs = 600_000

export function createMeters({ runtime, parts, clock, countEveryMs }: MeterOptions): Meters {
  const rates = new Map<string, RateMeter>()
  const places = new Map<string, PlaceMeter>()
  const slices = new Map<string, BudgetSlice>()
  let renewedAt = parts.now()

  const idle = askForIdle(parts, (subject) => {
    void places.get(subject)?.giveBackIdle().catch(parts.onError)
    void slices.get(subject)?.giveBackIdle().catch(parts.onError)
  })

  function rate(policy: KeyPolicy, kind: 'requests' | 'tokens', perMinute: number): RateMeter {
    const name = `${policy.keyId}:${kind}`
    let meter = rates.get(name)
    const wanted = meter?.rate.perMinute === perMinute ? meter.rate : rateOf(kind, perMinute)
    if (!meter) {
      const options = { database: parts.database, clock, now: parts.now, onError: parts.onError }
      meter = createRateMeter(options, policy.tenantId, rateSubject(policy.keyId, kind), wanted)
      rates.set(name, meter)
    }
    meter.rate = wanted
    return meter
  }

  function look(): void {
    const now = parts.now()
    const renew = now - renewedAt > parts.leaseMs / 3
    if (renew) renewedAt = now
    for (const [name, meter] of rates) if (now - meter.usedAt > forgetMs) rates.delete(name)
    for (const [name, meter] of places) {
      if (now - meter.usedAt > forgetMs && meter.inUse === 0) places.delete(name)
      if (now - meter.usedAt > idleMs) meter.giveBackIdle().catch(parts.onError)
      if (renew) meter.renew().catch(parts.onError)
    }
    for (const [name, slice] of slices) {
      if (slice.empty) {
        if (now - slice.usedAt > forgetMs) slices.delete(name)
      } else if (now - slice.usedAt > idleMs && slice.hasIdle) slice.giveBackIdle().catch(parts.onError)
      else if (renew) slice.flush().catch(parts.onError)
    }
  }

  const timer = setInterval(look, lookEveryMs)
  timer.unref()

  return {
    requests: (policy) =>
      policy.requestsPerMinute === null ? null : rate(policy, 'requests', policy.requestsPerMinute),
    tokens: (policy) => (policy.tokensPerMinute === null ? null : rate(policy, 'tokens', policy.tokensPerMinute)),
    places(policy) {
      const { concurrent, tenantId } = policy
      if (concurrent === null) return null
      let meter = places.get(policy.keyId)
      if (!meter) {
        const { keyId } = policy
        meter = createPlaceMeter(parts, tenantId, `key:${keyId}:calls`, concurrent, () => idle.ask(keyId))
        places.set(keyId, meter)
      }
      const isLowered = concurrent < meter.limit
      meter.limit = concurrent
      // What lies here was fetched under the old limit, and so it does in every other process.
      if (isLowered) meter.giveBackIdle().catch(parts.onError)
      return meter
    },
    slice(budget) {
      const month = currentMonth(runtime)
      const name = `${budget.id}:${month}`
      let slice = slices.get(name)
      if (!slice) {
        slice = createBudgetSlice({ runtime, parts, budget, month, countEveryMs, askOthers: () => idle.ask(name) })
        slices.set(name, slice)
      }
      return slice
    },
    giveBackBudgets(tenantId) {
      for (const slice of slices.values())
        if (slice.budget.tenantId === tenantId && slice.hasIdle) slice.giveBackIdle().catch(parts.onError)
    },
    async flush() {
      await Promise.all([...slices.values(), ...rates.values()].map((each) => each.flush()))
    },
    async stop() {
      clearInterval(timer)
      idle.close()
      await Promise.all([
        ...[...rates.values()].map((meter) => meter.flush()),
        ...[...places.values()].map((meter) => meter.giveBackIdle()),
        ...[...slices.values()].filter((slice) => !slice.empty).map((slice) => slice.giveBackIdle()),
      ])
    },
  }
}

function rateOf(kind: 'requests' | 'tokens', perMinute: number) {
  return kind === 'requests' ? requestRate(perMinute) : tokenRate(perMinute)
}
