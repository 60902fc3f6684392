import type { PricedUsage } from './ledger.ts'
import type { ChargedUnits } from './schema.ts'

/** What of a call is charged by the piece; null = nothing. Kept, so that a price that is entered later can be applied. */
export function unitsOf(usage: PricedUsage | null): ChargedUnits | null {
  const { images = 0, audioSeconds = 0, characters = 0, searches = 0 } = usage ?? {}
  const units: ChargedUnits = {
    ...(images > 0 ? { images } : {}),
    ...(audioSeconds > 0 ? { audioSeconds } : {}),
    ...(characters > 0 ? { characters } : {}),
    ...(searches > 0 ? { searches } : {}),
  }
  return Object.keys(units).length > 0 ? units : null
}
