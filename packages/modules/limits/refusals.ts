import { Problem } from '@guildhall/kernel'
import type { Budget, KeyPolicy } from './book.ts'
import { percentOf } from './thresholds.ts'

// Every refusal here says that the limit is ours. What a provider refuses has other types, so neither is taken for the other.

const number = new Intl.NumberFormat('en')

export function modelNotAllowed(requested: string, policy: KeyPolicy): Problem {
  const allowed = policy.allowed ?? []
  const shown = allowed.slice(0, 10).join(', ') + (allowed.length > 10 ? `, and ${allowed.length - 10} more` : '')
  return new Problem({
    status: 403,
    type: 'model-not-allowed',
    title: 'This key may not ask this model',
    detail: `This API key may not ask ${requested.slice(0, 100)}. It may ask: ${shown || 'nothing'}. An admin can change that under API keys.`,
    errors: [{ field: 'model', message: 'is not allowed for this API key' }],
    headers: { 'x-should-retry': 'false' },
  })
}

export type RateKind = 'requests' | 'tokens'

export function rateLimited(
  kind: RateKind,
  perMinute: number,
  retryAfterMs: number,
  headers: Readonly<Record<string, string>>,
): Problem {
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1000))
  return new Problem({
    status: 429,
    type: 'rate-limited',
    title: 'Too many calls with this key',
    detail: `Guildhall's own limit for this API key is reached: ${number.format(perMinute)} ${kind} per minute. It is not the provider's limit. Try again in ${seconds} s.`,
    headers: { ...headers, 'retry-after': String(seconds), 'retry-after-ms': String(Math.ceil(retryAfterMs)) },
    extensions: { code: `${kind}_per_minute`, limit: perMinute, limitOf: 'guildhall' },
  })
}

/** More tokens in one call than may be used in a minute: waiting does not help, so it is no 429. */
export function callTooLarge(tokens: number, perMinute: number): Problem {
  return new Problem({
    status: 413,
    type: 'call-too-large',
    title: 'Larger than the limit of this key',
    detail: `This call may use ${number.format(tokens)} tokens, and this API key ${number.format(perMinute)} per minute. Shorten the input, or ask for a shorter answer (max_tokens).`,
    headers: { 'x-should-retry': 'false' },
    extensions: { code: 'tokens_per_minute', limit: perMinute, limitOf: 'guildhall' },
  })
}

export function tooManyCalls(limit: number): Problem {
  return new Problem({
    status: 429,
    type: 'too-many-calls',
    title: 'Too many calls at the same time',
    detail: `Guildhall's own limit for this API key is reached: ${number.format(limit)} calls at the same time. It is not the provider's limit. Wait until one has ended.`,
    headers: { 'retry-after': '1' },
    extensions: { code: 'concurrent_calls', limit, limitOf: 'guildhall' },
  })
}

const whose: Record<Budget['scope'], string> = {
  tenant: 'the budget of this client',
  client: 'the budget that the agency has set for this client',
  key: 'the budget of this API key',
  project: 'the budget of this project',
  agent: 'the budget of this agent',
  user: 'the budget of this person',
}

/**
 * 402 and not OpenAI's 429: the AI SDK asks again after every 429, whatever its headers say, and LangChain after every
 * 429 with another code, but none of the official clients after a 402. The code is the one OpenAI's clients know.
 */
export function budgetSpent(budget: Budget, spentMicros: number, monthlyMicros: number, nextMonth: Date): Problem {
  const spent = percentOf(spentMicros, monthlyMicros) >= 100
  const what = whose[budget.scope]
  const detail = spent
    ? `Nothing is left of ${what} for this month. It begins anew on ${nextMonth.toISOString().slice(0, 10)} (UTC); an admin can raise it before.`
    : `What is left of ${what} for this month is set aside for calls that are under way. Try again when they have ended, or ask for a shorter answer.`
  return new Problem({
    status: 402,
    type: 'budget-spent',
    title: 'The budget is spent',
    detail,
    headers: { 'x-should-retry': 'false' },
    extensions: { code: 'insufficient_quota', scope: budget.scope, limitOf: 'guildhall' },
  })
}
