import type { Price, PricedCall, PricedUsage } from './ledger.ts'
import { divideRounded, exactNumber, priceScale, scaledPrice, scaledUsd } from './micros.ts'
import { publishedUsd } from './price.ts'
import type { OverridePrices } from './schema.ts'

/** An agreed price as it is remembered. */
export interface PriceOverride {
  id: string
  /** Slug of the connection; `*` = any. */
  provider: string
  /** Name of the model; a trailing `*` matches what begins so. */
  model: string
  prices: OverridePrices
  validFrom: Date
  /** First moment at which it holds no more; null = until further notice. */
  validTo: Date | null
}

/** Whether an override says something about a call. */
export function applies(override: PriceOverride, call: Pick<PricedCall, 'provider' | 'model' | 'at'>): boolean {
  return (
    (override.provider === '*' || override.provider === call.provider) &&
    (override.model.endsWith('*')
      ? call.model.startsWith(override.model.slice(0, -1))
      : call.model === override.model) &&
    override.validFrom <= call.at &&
    (override.validTo === null || call.at < override.validTo)
  )
}

/** The most exact first: a model by name before a beginning, the longer before the shorter, a provider before any, the later start before the earlier. */
export function bySpecificity(a: PriceOverride, b: PriceOverride): number {
  const exact = (override: PriceOverride) => (override.model.endsWith('*') ? 0 : 1)
  const named = (override: PriceOverride) => (override.provider === '*' ? 0 : 1)
  return (
    exact(b) - exact(a) ||
    b.model.length - a.model.length ||
    named(b) - named(a) ||
    b.validFrom.getTime() - a.validFrom.getTime() ||
    (a.id < b.id ? 1 : -1)
  )
}

/** Something that is charged for. */
interface Part {
  quantity: bigint
  /** What the override says, in parts of a micro-unit (see `priceScale`) per piece; null = nothing. */
  price: bigint | null
  /** The same as the published list would be asked for it. */
  published: Partial<PricedUsage>
  /** An image, a second, a character: a price per call stands for it where it has none of its own. */
  isPiece?: true
}

/**
 * Cost by an override. What it does not name costs what the list says, and reading or writing the provider's cache, where
 * no list knows it, what other input costs. Tokens times USD per million tokens are micro-units; one rounding at the end.
 */
export function overridePrice({ id, prices }: PriceOverride, call: PricedCall, usage: PricedUsage): Price {
  let scaled = 0n
  for (const part of partsOf(prices, usage)) {
    if (part.quantity <= 0n) continue
    const listed = part.price === null ? byList(call, part.published) : null
    const price = part.price ?? (listed === null && isCacheOnly(part.published) ? perToken(prices.input) : null)
    if (price !== null) scaled += part.quantity * price
    else if (listed !== null) scaled += scaledUsd(listed)
    else if (!part.isPiece || prices.perCall === undefined) return { costMicros: null, version: null }
  }
  // What costs anything costs at least one micro-unit, as by the published list.
  const micros = scaled > 0n && scaled < priceScale ? 1n : divideRounded(scaled, priceScale)
  return { costMicros: exactNumber(micros), version: `override ${id}` }
}

function partsOf(prices: OverridePrices, usage: PricedUsage): Part[] {
  const { images = 0, audioSeconds = 0, characters = 0, searches = 0, inputAudio = 0, outputIsImage } = usage
  const { cached, cacheWrite } = usage
  // What has a price by the piece is not charged by its tokens too, unless they have one here as well.
  const byPiece =
    (prices.perImage !== undefined && images > 0) ||
    (prices.perAudioSecond !== undefined && audioSeconds > 0) ||
    (prices.perMillionCharacters !== undefined && characters > 0)
  const fresh = byPiece && prices.input === undefined ? 0 : Math.max(0, usage.input - cached - cacheWrite)
  const output = byPiece && prices.output === undefined ? 0 : usage.output
  // And what is charged by its tokens is not by the piece.
  const seconds = prices.perAudioSecond === undefined && usage.input + usage.output > 0 ? 0 : audioSeconds
  const spoken = prices.perMillionCharacters === undefined && usage.input + usage.output > 0 ? 0 : characters
  return [
    {
      quantity: BigInt(fresh),
      price: perToken(prices.input),
      published: { input: fresh, inputAudio: Math.min(inputAudio, fresh) },
    },
    { quantity: BigInt(cached), price: perToken(prices.cacheRead), published: { input: cached, cached } },
    { quantity: BigInt(cacheWrite), price: perToken(prices.cacheWrite), published: { input: cacheWrite, cacheWrite } },
    {
      quantity: BigInt(output),
      price: perToken(prices.output),
      published: { output, ...(outputIsImage ? { outputIsImage } : {}) },
    },
    // No list has a price per image: without one here it is charged by its tokens, and unknown where there are none.
    {
      quantity: BigInt(prices.perImage === undefined && usage.output > 0 ? 0 : images),
      price: perPiece(prices.perImage),
      published: { images },
      isPiece: true,
    },
    // By the millisecond, since a recording is not a whole number of seconds.
    {
      quantity: BigInt(Math.round(seconds * 1000)),
      price: perMillisecond(prices.perAudioSecond),
      published: { audioSeconds },
      isPiece: true,
    },
    {
      quantity: BigInt(spoken),
      price: perToken(prices.perMillionCharacters),
      published: { characters: spoken },
      isPiece: true,
    },
    { quantity: BigInt(searches), price: perPiece(prices.perSearch), published: { searches } },
    { quantity: prices.perCall === undefined ? 0n : 1n, price: perPiece(prices.perCall), published: {} },
  ]
}

/** In USD. */
function byList(call: PricedCall, used: Partial<PricedUsage>): number | null {
  return publishedUsd(call, { input: 0, output: 0, cached: 0, cacheWrite: 0, ...used })
}

function isCacheOnly({ cached = 0, cacheWrite = 0 }: Partial<PricedUsage>): boolean {
  return cached + cacheWrite > 0
}

/** Tokens and characters alike. */
const perToken = (usdPerMillion: number | undefined) =>
  usdPerMillion === undefined ? null : scaledPrice(usdPerMillion)
const perPiece = (usd: number | undefined) => (usd === undefined ? null : scaledPrice(usd) * 1_000_000n)
const perMillisecond = (usdPerSecond: number | undefined) =>
  usdPerSecond === undefined ? null : scaledPrice(usdPerSecond) * 1000n
