import { findRoot } from '../root.ts'
import { incompleteBeta } from './gamma-function.ts'

/** P(|T| > |t|) of Student's t. */
export const studentTwoSided = (t: number, degrees: number): number =>
  incompleteBeta(degrees / 2, 0.5, degrees / (degrees + t * t))

/** P(T > t), with all digits of a small tail. */
export const studentAbove = (t: number, degrees: number): number =>
  t >= 0 ? studentTwoSided(t, degrees) / 2 : 1 - studentTwoSided(t, degrees) / 2

/** The t with P(T <= t) = p. */
export function studentQuantile(p: number, degrees: number): number {
  if (!(p > 0)) return p === 0 ? -Infinity : Number.NaN
  if (p >= 1) return p === 1 ? Infinity : Number.NaN
  if (p === 0.5) return 0
  const tail = Math.min(p, 1 - p)
  let high = 1
  while (studentAbove(high, degrees) > tail && high < 1e150) high *= 2
  // On the logarithmic scale a tail of any size has a slope.
  const t = findRoot((at) => Math.log(studentAbove(at, degrees) / tail), 0, high) ?? high
  return p < 0.5 ? -t : t
}
