import { formatDecimal } from './number'
import { sentence } from './text'

const reasons: Record<string, string> = {
  no_provider: 'no language model is connected',
  no_key: 'no key is entered',
  key_rejected: 'the key was rejected',
  rate_limited: 'rate limit reached',
  quota_exceeded: 'quota used up',
  overloaded: 'the provider was overloaded',
  server_error: 'the provider failed',
  timeout: 'no answer in time',
  deadline: 'no time was left',
  refused: 'the connection was refused',
  address_refused: 'the address is not allowed',
  cut: 'the answer was cut off',
  cancelled: 'stopped',
  content_policy: 'declined by the content policy',
  context_length: 'the question was too long for the model',
  model_not_found: 'the model is not known',
  bad_response: 'the answer could not be read',
  invalid_request: 'the request was not accepted',
  circuit_open: 'paused after repeated failures',
  lacks_capability: 'the model cannot do what was asked for',
  context_too_small: 'the question was too long for the model',
  hedged: 'another one was faster',
}

/** Why an attempt failed or another one was made, for people. */
export const reasonText = (reason: string) => reasons[reason] ?? sentence(reason).toLowerCase()

/** A model without the provider's name before it, which stands beside it. */
export function modelName(provider: string | null, model: string | null): string {
  if (model === null) return '–'
  return provider !== null && model.startsWith(`${provider}/`) ? model.slice(provider.length + 1) : model
}

/** Facts of a step for its line in the timeline: names as words, figures short, long lists as their number. */
export function factsOf(facts: Record<string, unknown>): { name: string; text: string }[] {
  return Object.entries(facts).flatMap(([key, value]) => {
    const text = factText(value)
    return text === null ? [] : [{ name: key.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase(), text }]
  })
}

function factText(value: unknown): string | null {
  if (value === null || value === undefined || value === '') return null
  if (typeof value === 'number') return formatDecimal(value, 3)
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'string') return value
  if (!Array.isArray(value)) return JSON.stringify(value)
  return value.every((entry) => typeof entry === 'string' || typeof entry === 'number') && value.length <= 8
    ? value.join(', ')
    : String(value.length)
}
