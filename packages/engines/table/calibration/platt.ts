/** Log-odds, with probabilities kept 1e-9 away from 0 and 1. */
export function logit(p: number): number {
  const inside = Math.min(1 - 1e-9, Math.max(1e-9, p))
  return Math.log(inside / (1 - inside))
}

/**
 * Logistic regression of the outcome on the log-odds given (Platt 1999, with his smoothed targets), by Newton's method with halved steps
 * (Lin, Lin & Weng 2007).
 */
export function fitPlatt(
  given: Float64Array,
  outcome: Float64Array,
  weights: Float64Array | null,
): { slope: number; intercept: number } {
  const x = given.map(logit)
  const weightOf = (row: number) => (weights ? weights[row]! : 1)
  let positives = 0
  let negatives = 0
  outcome.forEach((each, row) => {
    if (each === 1) positives += weightOf(row)
    else negatives += weightOf(row)
  })
  const [high, low] = [(positives + 1) / (positives + 2), 1 / (negatives + 2)]
  const target = outcome.map((each) => (each === 1 ? high : low))
  const lossOf = (a: number, b: number) => {
    let sum = 0
    for (let row = 0; row < x.length; row++) {
      const eta = a + b * x[row]!
      sum += weightOf(row) * (Math.max(eta, 0) + Math.log1p(Math.exp(-Math.abs(eta))) - target[row]! * eta)
    }
    return sum
  }
  let intercept = 0
  let slope = 1
  let loss = lossOf(intercept, slope)
  for (let step = 0; step < 100; step++) {
    let [g0, g1, h00, h01, h11] = [0, 0, 1e-10, 0, 1e-10]
    for (let row = 0; row < x.length; row++) {
      const p = 1 / (1 + Math.exp(-(intercept + slope * x[row]!)))
      const g = weightOf(row) * (p - target[row]!)
      const h = weightOf(row) * p * (1 - p)
      g0 += g
      g1 += g * x[row]!
      h00 += h
      h01 += h * x[row]!
      h11 += h * x[row]! * x[row]!
    }
    const determinant = h00 * h11 - h01 * h01
    if (!(determinant > 0)) break
    let stepIntercept = (h11 * g0 - h01 * g1) / determinant
    let stepSlope = (h00 * g1 - h01 * g0) / determinant
    let next = lossOf(intercept - stepIntercept, slope - stepSlope)
    for (let halving = 0; halving < 40 && !(next <= loss); halving++) {
      stepIntercept /= 2
      stepSlope /= 2
      next = lossOf(intercept - stepIntercept, slope - stepSlope)
    }
    if (!(next < loss - 1e-12 * Math.abs(loss))) break
    intercept -= stepIntercept
    slope -= stepSlope
    loss = next
  }
  // A falling curve would turn the order of the rows round: then the probabilities tell nothing but their mean.
  if (!(slope >= 0))
    return { slope: 0, intercept: logit((positives * high + negatives * low) / (positives + negatives)) }
  return { slope, intercept }
}
