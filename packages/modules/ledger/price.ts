import { calcPrice, findProvider, type PriceCalculation } from '@pydantic/genai-prices'
import type { Price, PricedCall, PricedUsage } from './ledger.ts'

/** Of the package that brings the list; a test compares it with what is installed. */
export const listVersion = 'genai-prices 0.1.8'

const unknown: Price = { costMicros: null, version: null }

/**
 * Cost by the published price list (pydantic/genai-prices; the prices of the day of its release). Unknown when the list
 * does not know the model or something that was used: never 0, which would say that it costs nothing.
 */
export function publishedPrice(call: PricedCall, usage: PricedUsage): Price {
  if (usage.audioSeconds !== undefined && usage.input + usage.output === 0) return audioPrice(call, usage.audioSeconds)
  const searches = usage.searches ?? 0
  const price = lookUp(call, {
    // The list counts cache reads and writes as parts of the input.
    input_tokens: usage.input,
    output_tokens: usage.output,
    cache_read_tokens: usage.cached,
    cache_write_tokens: usage.cacheWrite,
    ...(usage.outputIsImage ? { output_image_tokens: usage.output } : {}),
    ...(searches > 0 ? { web_searches: searches } : {}),
  })
  if (!price || (price.total_price === 0 && usage.input + usage.output > 0)) return unknown
  if (searches > 0 && price.model_price['web_searches_kcount'] === undefined) return unknown
  return { costMicros: toMicros(price.total_price), version: listVersion }
}

/** Of a recording, for models that are charged by its length. */
function audioPrice(call: PricedCall, seconds: number): Price {
  const perHour = lookUp(call, { input_tokens: 0 })?.model_price['input_audio_hours']
  if (typeof perHour !== 'number') return unknown
  return { costMicros: toMicros((perHour * seconds) / 3600), version: listVersion }
}

function lookUp(call: PricedCall, usage: Record<string, number>): PriceCalculation | null {
  const providerId = call.listedAs ?? listedUnder(call.baseUrl ?? '')
  if (providerId === null) return null
  try {
    return calcPrice(usage, call.model, { providerId })
  } catch {
    // The list refuses counts that cannot be (more cached than read at all).
    return null
  }
}

/** Asked for each call, and the list compiles a pattern for each of its providers. */
const idsByAddress = new Map<string, string | null>()

/** Who of the list is behind an address; null = nobody. */
function listedUnder(address: string): string | null {
  let id = idsByAddress.get(address)
  if (id === undefined) {
    id = findProvider({ providerApiUrl: address })?.id ?? null
    if (idsByAddress.size >= 1000) idsByAddress.clear()
    idsByAddress.set(address, id)
  }
  return id
}

/** Whole micro-units; what costs anything costs at least one. */
function toMicros(usd: number): number {
  return usd > 0 ? Math.max(1, Math.round(usd * 1_000_000)) : 0
}
