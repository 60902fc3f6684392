import type { Random } from '../../contract/index.ts'
import { drawGamma } from '../../numerics/index.ts'

/** A draw from the Beta distribution. @param a @param b above 0 */
export function drawBeta(random: Random, a: number, b: number): number {
  const x = drawGamma(random, a)
  const y = drawGamma(random, b)
  return x + y > 0 ? x / (x + y) : 0.5
}
