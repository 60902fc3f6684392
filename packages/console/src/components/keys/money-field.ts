/** USD as it is entered, as micro-units; null for an empty field. */
export function microsOf(usd: string): number | null {
  return usd.trim() === '' ? null : Math.round(Number(usd) * 1_000_000)
}

/** Micro-units as they are entered, USD. */
export const usdOf = (micros: number | null): string => (micros === null ? '' : String(micros / 1_000_000))
