import { calcPrice, type PriceCalculation } from '@pydantic/genai-prices'
import type { ProviderKind } from './kinds.ts'
import type { CountedTokens } from './usage.ts'

/** A model as the price list (pydantic/genai-prices) looks it up. Its prices are those of the day of its release. */
export interface PricedCall {
  kind: ProviderKind
  /** Address of the connection, which tells who is behind an OpenAI-compatible server. */
  baseUrl: string | null
  model: string
}

/**
 * Cost in USD micro-units by the published price list, null when the list does not know the model or what was used:
 * never 0, which would say that it costs nothing.
 *
 * @param more what is charged beside tokens: `images` when the output tokens are an image, `searches` on the web
 */
export function costMicros(
  call: PricedCall,
  tokens: CountedTokens,
  more: { images?: boolean; searches?: number } = {},
): number | null {
  const searches = more.searches ?? 0
  const price = lookUp(call, {
    // The list counts cache reads and writes as parts of the input.
    input_tokens: tokens.input,
    output_tokens: tokens.output,
    cache_read_tokens: tokens.cached,
    cache_write_tokens: tokens.cacheWrite,
    ...(more.images ? { output_image_tokens: tokens.output } : {}),
    ...(searches > 0 ? { web_searches: searches } : {}),
  })
  if (!price || (price.total_price === 0 && tokens.input + tokens.output > 0)) return null
  if (searches > 0 && price.model_price['web_searches_kcount'] === undefined) return null
  return toMicros(price.total_price)
}

/** Cost of a recording by its length, for models that are charged so; null as above. */
export function audioCostMicros(call: PricedCall, seconds: number | undefined): number | null {
  const perHour = lookUp(call, { input_tokens: 0 })?.model_price['input_audio_hours']
  return typeof perHour === 'number' && seconds !== undefined ? toMicros((perHour * seconds) / 3600) : null
}

function lookUp(call: PricedCall, usage: Record<string, number>): PriceCalculation | null {
  const who = call.kind === 'openai-compatible' ? { providerApiUrl: call.baseUrl ?? '' } : { providerId: call.kind }
  try {
    return calcPrice(usage, call.model, who)
  } catch {
    // The list refuses counts that cannot be (more cached than read at all).
    return null
  }
}

/** Whole micro-units; what costs anything costs at least one. */
function toMicros(usd: number): number {
  return usd > 0 ? Math.max(1, Math.round(usd * 1_000_000)) : 0
}
