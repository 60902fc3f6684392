import { notConfigured, Problem } from '@guildhall/kernel'
import type { AttemptRecord } from '@guildhall/modules/runs'
import type { Target } from './connection.ts'
import type { RequestRefused } from './walk/walk-targets.ts'

/** Nobody answered, and nothing else may: says who failed and how. */
export function exhausted(targets: readonly Target[], failures: readonly AttemptRecord[]): Problem {
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
  const last = failures.at(-1)
  return new Problem({
    status: 503,
    type: 'providers-unavailable',
    title: 'No provider answered',
    detail: `None of the ${targets.length} models asked has answered; the last one, ${last?.provider}/${last?.model}, failed with ${last?.reason}. Try again shortly, or see the run for each attempt.`,
    headers: { 'retry-after': '10' },
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
