/** Density of the standard normal distribution. */
const normalDensity = (z: number) => Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI)

/** Distribution function of the standard normal, to 1e-15 (Marsaglia, Journal of Statistical Software 11(4), 2004; tails by a continued fraction). */
export function normalProbability(z: number): number {
  if (Number.isNaN(z)) return Number.NaN
  if (Math.abs(z) > 6) {
    const x = Math.abs(z)
    let fraction = 0
    for (let k = 60; k > 0; k--) fraction = k / (x + fraction)
    const upper = normalDensity(x) / (x + fraction)
    return z > 0 ? 1 - upper : upper
  }
  let term = z
  let sum = z
  for (let k = 3; sum !== sum + term; k += 2) {
    term *= (z * z) / k
    sum += term
  }
  return 0.5 + sum * normalDensity(z)
}

/** Quantile of the standard normal: bisection narrowed by Newton steps on `normalProbability`. */
export function normalQuantile(probability: number): number {
  if (!(probability > 0 && probability < 1))
    return probability === 0 ? -Infinity : probability === 1 ? Infinity : Number.NaN
  let low = -40
  let high = 40
  let z = 0
  for (let i = 0; i < 200; i++) {
    const error = normalProbability(z) - probability
    if (error > 0) high = z
    else low = z
    const newton = z - error / normalDensity(z)
    const next = newton > low && newton < high ? newton : (low + high) / 2
    if (Math.abs(next - z) < 1e-14 * Math.max(1, Math.abs(z))) return next
    z = next
  }
  return z
}

/** Mean of what a standard normal exceeds z by: the standard loss function. */
export const normalLoss = (z: number) => normalDensity(z) - z * (1 - normalProbability(z))
