import { calcPrice } from '@pydantic/genai-prices'
import type { ProviderKind } from './kinds.ts'
import type { CountedTokens } from './usage.ts'

export interface PricedCall {
  kind: ProviderKind
  /** Address of the connection, which tells who is behind an OpenAI-compatible server. */
  baseUrl: string | null
  model: string
}

/**
 * Cost in USD micro-units by the published price list (pydantic/genai-prices), null when the list does not know the
 * model: never 0, which would say that it costs nothing.
 */
export function costMicros(call: PricedCall, tokens: CountedTokens): number | null {
  const usage = {
    // The list counts cache reads and writes as parts of the input.
    input_tokens: tokens.input,
    output_tokens: tokens.output,
    cache_read_tokens: tokens.cached,
    cache_write_tokens: tokens.cacheWrite,
  }
  const who = call.kind === 'openai-compatible' ? { providerApiUrl: call.baseUrl ?? '' } : { providerId: call.kind }
  try {
    const price = calcPrice(usage, call.model, who)
    if (!price || (price.total_price === 0 && tokens.input + tokens.output > 0)) return null
    const micros = Math.round(price.total_price * 1_000_000)
    return price.total_price > 0 ? Math.max(1, micros) : 0
  } catch {
    // The list refuses counts that cannot be (more cached than read at all).
    return null
  }
}
