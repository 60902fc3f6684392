import { findRoot } from '../numeric/root.ts'
import { incompleteBeta, logGamma, upperGamma } from './gamma-function.ts'

export { logGamma }

/** Distribution functions: `below` is P(X <= x), `above` is P(X > x) without losing the digits of a small tail. */

export const normalDensity = (z: number): number => Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI)

export const normalAbove = (z: number): number => (z < 0 ? 1 - normalAbove(-z) : 0.5 * upperGamma(0.5, (z * z) / 2))

export const normalBelow = (z: number): number => normalAbove(-z)

/** Acklam's rational approximation (2003), then one step of Halley: full precision. */
export function normalQuantile(p: number): number {
  if (p <= 0) return -Infinity
  if (p >= 1) return Infinity
  if (p > 0.5) return -normalQuantile(1 - p)
  let z: number
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p))
    z =
      (((((-7.784894002430293e-3 * q - 0.3223964580411365) * q - 2.400758277161838) * q - 2.549732539343734) * q +
        4.374664141464968) *
        q +
        2.938163982698783) /
      ((((7.784695709041462e-3 * q + 0.3224671290700398) * q + 2.445134137142996) * q + 3.754408661907416) * q + 1)
  } else {
    const q = p - 0.5
    const r = q * q
    z =
      ((((((-39.69683028665376 * r + 220.9460984245205) * r - 275.9285104469687) * r + 138.357751867269) * r -
        30.66479806614716) *
        r +
        2.506628277459239) *
        q) /
      (((((-54.47609879822406 * r + 161.5858368580409) * r - 155.6989798598866) * r + 66.80131188771972) * r -
        13.28068155288572) *
        r +
        1)
  }
  const error = (normalBelow(z) - p) / normalDensity(z)
  return z - error / (1 + (z * error) / 2)
}

export const chiSquareAbove = (x: number, degrees: number): number => (x <= 0 ? 1 : upperGamma(degrees / 2, x / 2))

export function studentAbove(t: number, degrees: number): number {
  const half = 0.5 * incompleteBeta(degrees / 2, 0.5, degrees / (degrees + t * t))
  return t >= 0 ? half : 1 - half
}

export function studentQuantile(p: number, degrees: number): number {
  if (p < 0.5) return -studentQuantile(1 - p, degrees)
  if (p === 0.5) return 0
  let high = 1
  while (studentAbove(high, degrees) > 1 - p && high < 1e300) high *= 2
  return findRoot((t) => 1 - p - studentAbove(t, degrees), 0, high) ?? high
}

export const betaBelow = (x: number, a: number, b: number): number => incompleteBeta(a, b, x)

export const betaQuantile = (p: number, a: number, b: number): number =>
  p <= 0 ? 0 : p >= 1 ? 1 : (findRoot((x) => incompleteBeta(a, b, x) - p, 0, 1) ?? 0)
