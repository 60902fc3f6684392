/**
 * Money in USD micro-units (1 USD = 1,000,000). Intermediate results are exact; there is one rounding, at the end, half
 * away from zero, as `round(numeric)` of PostgreSQL does it.
 */

/** @throws RangeError when `divisor` is not positive */
export function divideRounded(dividend: bigint, divisor: bigint): bigint {
  if (divisor <= 0n) throw new RangeError('The divisor must be positive')
  const magnitude = dividend < 0n ? -dividend : dividend
  const rounded = (2n * magnitude + divisor) / (2n * divisor)
  return dividend < 0n ? -rounded : rounded
}

/** A sum of the database as a number that JSON can carry. @throws RangeError beyond 2^53: nothing is rounded in silence */
export function exactNumber(value: bigint | string): number {
  const number = Number(value)
  if (!Number.isSafeInteger(number)) throw new RangeError(`${String(value)} micro-units cannot be told exactly`)
  return number
}

/** Parts of a micro-unit that a price can have: 1 USD per million tokens is one micro-unit per token. */
export const priceScale = 1_000_000_000n

/** A price as a whole number of parts. @throws RangeError for what is not a price */
export function scaledPrice(usd: number): bigint {
  if (!Number.isFinite(usd) || usd < 0) throw new RangeError(`${String(usd)} is not a price`)
  return BigInt(Math.round(usd * Number(priceScale)))
}

/** An amount of USD in whole micro-units, to the nearest; what costs anything costs at least one. */
export function microsOfUsd(usd: number): number {
  return usd > 0 ? Math.max(1, Math.round(usd * 1_000_000)) : 0
}

/** An amount of USD as a whole number of parts of a micro-unit, to add it to others before one rounding. */
export function scaledUsd(usd: number): bigint {
  return BigInt(Math.round(usd * 1_000_000 * Number(priceScale)))
}
