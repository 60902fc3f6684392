import { upperGamma } from './gamma-function.ts'

/** Density of the standard normal distribution. */
export const normalDensity = (z: number): number => Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI)

/** P(Z > z), with all digits of a small tail. */
export const normalAbove = (z: number): number => (z < 0 ? 1 - normalAbove(-z) : 0.5 * upperGamma(0.5, (z * z) / 2))

/** P(Z <= z). */
export const normalBelow = (z: number): number => normalAbove(-z)

/** P(|Z| > |z|). */
export const normalTwoSided = (z: number): number => 2 * normalAbove(Math.abs(z))

/** Mean of what a standard normal exceeds z by: the standard loss function. */
export const normalLoss = (z: number): number => normalDensity(z) - z * normalAbove(z)

/** The z with P(Z <= z) = p: Acklam's rational approximation (2003), then one step of Halley: full precision. */
export function normalQuantile(p: number): number {
  if (!(p > 0)) return p === 0 ? -Infinity : Number.NaN
  if (p >= 1) return p === 1 ? Infinity : Number.NaN
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
