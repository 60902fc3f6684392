import { calcPrice, findProvider, type PriceCalculation } from '@pydantic/genai-prices'
import type { Price, PricedCall, PricedUsage } from './ledger.ts'
import { microsOfUsd } from './micros.ts'

/** Of the package that brings the list; a test compares it with what is installed. */
export const listVersion = 'genai-prices 0.1.8'

/**
 * Cost by the published price list (pydantic/genai-prices; the prices of the day of its release). Unknown when the list
 * does not know the model or something that was used: never 0, which would say that it costs nothing.
 */
export function publishedPrice(call: PricedCall, usage: PricedUsage): Price {
  const usd = publishedUsd(call, usage)
  return usd === null ? { costMicros: null, version: null } : { costMicros: microsOfUsd(usd), version: listVersion }
}

/** The same in USD, not rounded; null = unknown. */
export function publishedUsd(call: PricedCall, usage: PricedUsage): number | null {
  const { input, output, cached, cacheWrite, inputAudio = 0, images = 0, characters = 0, searches = 0 } = usage
  const byLength = usage.audioSeconds === undefined ? null : audioUsd(call, usage.audioSeconds)
  if (byLength !== null) return byLength
  const tokens = input + output
  // No list has a price per second of this model, per image or per character: what is not counted in tokens is unknown.
  if (tokens === 0 && (usage.audioSeconds !== undefined || images > 0)) return null
  if (characters > 0) return null
  const price = lookUp(call, {
    // The list counts cache reads and writes as parts of the input.
    input_tokens: input,
    output_tokens: output,
    cache_read_tokens: cached,
    cache_write_tokens: cacheWrite,
    ...(inputAudio > 0 ? { input_audio_tokens: inputAudio } : {}),
    ...(usage.outputIsImage ? { output_image_tokens: output } : {}),
    ...(searches > 0 ? { web_searches: searches } : {}),
  })
  if (!price || (price.total_price === 0 && tokens > 0)) return null
  if (searches > 0 && price.model_price['web_searches_kcount'] === undefined) return null
  return price.total_price
}

/** Of a recording, for models that are charged by its length. */
function audioUsd(call: PricedCall, seconds: number): number | null {
  const perHour = lookUp(call, { input_tokens: 0 })?.model_price['input_audio_hours']
  return typeof perHour === 'number' ? (perHour * seconds) / 3600 : null
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
