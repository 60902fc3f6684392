import type { Context } from '@guildhall/kernel'
import { budgetKey, type Budget, type KeyPolicy, type LimitBook } from './book.ts'
import type { BudgetSlice, MoneyRefusal } from './budget-slices.ts'
import { minuteMs } from './gcra.ts'
import type { Admission, AdmissionRequest } from './limits.ts'
import type { Meters } from './meters.ts'
import { boundsOf } from './month.ts'
import type { PlaceMeter } from './places.ts'
import type { Taken } from './pool.ts'
import type { RateMeter } from './rates.ts'
import { budgetSpent, callTooLarge, modelNotAllowed, rateLimited, tooManyCalls } from './refusals.ts'

/** Whose usage a call is. */
export interface Attribution {
  policy: KeyPolicy | null
  projectId: string | null
  agentId: string | null
  userId: string | null
}

/** Something that an admission holds. */
interface Claim {
  /** The call is not made after all. */
  undo(): void
  settle(actual: { tokens: number; costMicros: number | null }): void
}

/** A claim, or the problem that refuses it. */
type Step = () => Claim | Promise<Claim>

/** @param agency the book of the agency above a client; for an agency its own */
export function attribute(
  ctx: Context,
  own: LimitBook,
  agency: LimitBook,
  request: Pick<AdmissionRequest, 'projectId' | 'agentId'>,
): Attribution {
  const { actor } = ctx
  const policy = actor.type === 'api-key' ? (own.policies.get(actor.id) ?? agency.policies.get(actor.id) ?? null) : null
  return {
    policy,
    projectId: policy?.projectId ?? request.projectId,
    agentId: policy?.agentId ?? request.agentId ?? (actor.type === 'agent' ? actor.id : null),
    userId: policy?.userId ?? (actor.type === 'user' ? actor.id : null),
  }
}

/** Whether a key may name a model or route: by its full name, or by what it begins with. */
export function isAllowed(allowed: readonly string[] | null, requested: string): boolean {
  if (allowed === null) return true
  return allowed.some((pattern) =>
    pattern.endsWith('*') ? requested.startsWith(pattern.slice(0, -1)) : requested === pattern,
  )
}

/** Every budget that a call counts for. */
function budgetsOf(ctx: Context, own: LimitBook, agency: LimitBook, whose: Attribution): Budget[] {
  const found: Budget[] = []
  const add = (book: LimitBook, scope: Budget['scope'], scopeId: string | null) => {
    if (scopeId === null) return
    const budget = book.budgets.get(budgetKey(scope, scopeId))
    if (budget) found.push(budget)
  }
  const keyId = ctx.actor.type === 'api-key' ? ctx.actor.id : null
  if (own.budgets.size > 0) {
    add(own, 'tenant', '')
    add(own, 'key', keyId)
    add(own, 'project', whose.projectId)
    add(own, 'agent', whose.agentId)
    add(own, 'user', whose.userId)
  }
  if (agency !== own && agency.budgets.size > 0) {
    add(agency, 'client', own.tenantId)
    add(agency, 'key', keyId)
  }
  return found
}

/**
 * Takes what a call needs, one thing after the other and all or nothing. Synchronous while there is room.
 * @throws Problem (also as a rejection) naming the limit that is reached
 */
export function admitCall(
  ctx: Context,
  request: AdmissionRequest,
  books: { own: LimitBook; agency: LimitBook },
  meters: Meters,
  now: () => number,
): Admission | Promise<Admission> {
  const whose = attribute(ctx, books.own, books.agency, request)
  const { policy } = whose
  const { requested } = request
  if (policy && requested !== null && !isAllowed(policy.allowed, requested)) throw modelNotAllowed(requested, policy)

  const { estimate } = request
  const steps: Step[] = []
  let headers: Readonly<Record<string, string>> = noHeaders
  let downgradeTo: string | null = null
  if (policy) {
    const requests = meters.requests(policy)
    const tokens = meters.tokens(policy)
    const places = meters.places(policy)
    const tell = () => (headers = rateHeaders(requests, tokens))
    // Places first: they come back soon, and a call that finds none has used nothing of the minute.
    if (places) steps.push(() => claimPlace(places))
    if (requests) steps.push(() => claimRate(requests, 'requests', 1, now, tell))
    if (tokens) steps.push(() => claimRate(tokens, 'tokens', estimate.tokens, now, tell))
    if (requests || tokens) steps.push(() => (tell(), nothing))
  }
  for (const budget of budgetsOf(ctx, books.own, books.agency, whose)) {
    const slice = meters.slice(budget)
    steps.push(() =>
      claimMoney(slice, budget, estimate.costMicros, (instead) => {
        downgradeTo ??= instead
      }),
    )
  }

  const claims: Claim[] = []
  const undo = () => {
    for (const claim of claims.toReversed()) claim.undo()
  }
  const admission = (): Admission => {
    let settled = false
    return {
      downgradeTo,
      headers,
      settle(actual) {
        if (settled) return
        settled = true
        for (const claim of claims) claim.settle(actual)
      },
    }
  }
  const proceed = (from: number): Admission | Promise<Admission> => {
    for (let at = from; at < steps.length; at++) {
      const claim = steps[at]?.()
      if (!claim) continue
      if (claim instanceof Promise)
        return claim.then((claimed) => {
          claims.push(claimed)
          return proceed(at + 1)
        })
      claims.push(claim)
    }
    return admission()
  }
  try {
    const admitted = proceed(0)
    if (!(admitted instanceof Promise)) return admitted
    return admitted.catch((error: unknown) => {
      undo()
      throw error
    })
  } catch (error) {
    undo()
    throw error
  }
}

const noHeaders = Object.freeze({})
const nothing: Claim = { undo: () => undefined, settle: () => undefined }

/** Goes on at once, or when the promise has been kept. */
function after<T, U>(value: T | Promise<T>, continuation: (value: T) => U): U | Promise<U> {
  return value instanceof Promise ? value.then(continuation) : continuation(value)
}

function claimPlace(places: PlaceMeter): Claim | Promise<Claim> {
  return after(places.take(), (taken) => {
    if ('refused' in taken) throw tooManyCalls(places.limit)
    return { undo: () => places.leave(), settle: () => places.leave() }
  })
}

function claimRate(
  meter: RateMeter,
  kind: 'requests' | 'tokens',
  units: number,
  now: () => number,
  headers: () => Readonly<Record<string, string>>,
): Claim | Promise<Claim> {
  const whole = Math.max(0, Math.ceil(units))
  return after(meter.take(whole), (taken) => {
    if ('refused' in taken) {
      const { retryAfterMs } = taken.refused
      if (retryAfterMs === Number.POSITIVE_INFINITY) throw callTooLarge(whole, meter.rate.perMinute)
      throw rateLimited(kind, meter.rate.perMinute, retryAfterMs, headers())
    }
    const takenAt = now()
    return {
      undo: () => meter.giveBack(whole),
      settle(actual) {
        if (kind === 'tokens') meter.correct(whole, actual.tokens, takenAt)
      },
    }
  })
}

function claimMoney(
  slice: BudgetSlice,
  budget: Budget,
  estimate: number | null,
  downgrade: (to: string) => void,
): Claim | Promise<Claim> {
  const claim = (reserved: number): Claim => ({
    undo: () => slice.settle(reserved, 0),
    // What is not known counts as what was thought.
    settle: ({ costMicros }) => slice.settle(reserved, costMicros ?? estimate),
  })
  return after(slice.reserve(estimate ?? 0), (taken: Taken<MoneyRefusal>) => {
    if ('taken' in taken) return claim(taken.taken)
    if (budget.whenSpent === 'downgrade' && budget.downgradeTo !== null) {
      downgrade(budget.downgradeTo)
      return claim(0)
    }
    const { spentMicros, monthlyMicros } = taken.refused
    throw budgetSpent(budget, spentMicros, monthlyMicros, boundsOf(slice.month).to)
  })
}

/** As OpenAI names them, so that its clients show and obey them. */
function rateHeaders(requests: RateMeter | null, tokens: RateMeter | null): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {}
  if (requests) describeRate(headers, 'requests', requests)
  if (tokens) describeRate(headers, 'tokens', tokens)
  return headers
}

function describeRate(headers: Record<string, string>, kind: 'requests' | 'tokens', meter: RateMeter): void {
  const { room, resetMs } = meter.state()
  headers[`x-ratelimit-limit-${kind}`] = String(meter.rate.perMinute)
  headers[`x-ratelimit-remaining-${kind}`] = String(Math.min(room, meter.rate.perMinute))
  headers[`x-ratelimit-reset-${kind}`] = duration(resetMs)
}

/** `6m0s`, `1.5s`, `120ms`. */
function duration(ms: number): string {
  if (ms < 1000) return `${Math.ceil(ms)}ms`
  const seconds = Math.ceil(ms / 100) / 10
  return ms < minuteMs ? `${seconds}s` : `${Math.floor(seconds / 60)}m${Math.round(seconds % 60)}s`
}
