import { notConfigured, Problem } from '@guildhall/kernel'
import type { AttemptRecord } from '@guildhall/modules/runs'
import type { Target } from './connection.ts'
import type { RequestRefused } from './walk/walk-targets.ts'

/** Why somebody was passed over although nothing is wrong with the target. */
const unsuited = new Set<string | undefined>(['context_too_small', 'lacks_capability'])

/**
 * Nobody answered, and nothing else may: says who failed and how.
 * @param soonestMs until the first of those that are cooling down may be asked again; null = none is
 */
export function exhausted(
  targets: readonly Target[],
  failures: readonly AttemptRecord[],
  soonestMs: number | null,
): Problem {
  if (targets.length === 0 && failures.every((failure) => failure.reason === 'no_key'))
    return notConfigured(
      'This needs a generative model and no provider is configured. Add a key in Settings, Providers, or set one of OPENAI_API_KEY, GEMINI_API_KEY, ANTHROPIC_API_KEY.',
      'providers',
    )
  const attempts = failures.map(({ provider, model, reason, status }) => ({
    provider,
    model,
    reason,
    ...(status ? { status } : {}),
  }))
  const tried = failures.filter(({ reason }) => reason !== 'no_key')
  if (tried.length > 0 && tried.every(({ reason }) => unsuited.has(reason)))
    return new Problem({
      status: 400,
      type: 'no-suitable-model',
      title: 'No model here can do this',
      detail: `${tried.map(({ provider, model, error }) => `${provider}/${model}: ${error}`).join('; ')}. Shorten the request, leave out what they lack, or add a model that can.`,
      errors: tried.some(({ error }) => error?.includes('logprobs'))
        ? [{ field: 'logprobs', message: 'is not given here; name a model that gives them, such as gpt-4o' }]
        : [],
      extensions: { attempts },
    })
  const cooling = tried.length > 0 && tried.every(({ reason }) => reason === 'circuit_open' || unsuited.has(reason))
  if (cooling && soonestMs !== null) {
    const seconds = Math.max(1, Math.ceil(soonestMs / 1000))
    return new Problem({
      status: 503,
      type: 'all-targets-cooling-down',
      title: 'All models are cooling down',
      detail: `Each model that could answer has failed a moment ago and is left alone for a while; the first is tried again in ${seconds} s.`,
      headers: { 'retry-after': String(seconds) },
      extensions: { attempts },
    })
  }
  const last = failures.at(-1)
  return new Problem({
    status: 503,
    type: 'providers-unavailable',
    title: 'No provider answered',
    detail: `None of the ${targets.length} models asked has answered; the last one, ${last?.provider}/${last?.model}, failed with ${last?.reason}. Try again shortly, or see the run for each attempt.`,
    headers: { 'retry-after': String(soonestMs === null ? 10 : Math.max(1, Math.ceil(soonestMs / 1000))) },
    extensions: { attempts },
  })
}

/** The provider has read the request and found it wrong; another one would too. */
export function refused({ failure, target }: RequestRefused): Problem {
  return new Problem({
    status: 400,
    type: 'provider-refused-request',
    title: 'The provider refused the request',
    detail: `${target.connection.slug}/${target.model}: ${failure.message}`,
    extensions: { provider: target.connection.slug, model: target.model },
  })
}

/** The answer broke off after its beginning had been given away. */
export function brokenOff(who: { provider: string; model: string }, reason: string, message: string): Problem {
  return new Problem({
    status: 502,
    type: 'answer-cut',
    title: 'The answer broke off',
    detail: `${who.provider}/${who.model} broke off in the middle of its answer (${reason}: ${message}). What was received so far is incomplete; ask again.`,
    extensions: { provider: who.provider, model: who.model, reason },
  })
}
