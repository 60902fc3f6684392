/** Scores of predicted numbers; `weights` may be null. */
type Weights = Float64Array | null

function weightedMean(weights: Weights, rows: number, of: (row: number) => number): number {
  let sum = 0
  let total = 0
  for (let row = 0; row < rows; row++) {
    const weight = weights ? weights[row]! : 1
    sum += weight * of(row)
    total += weight
  }
  return sum / total
}

export function meanAbsoluteError(predicted: Float64Array, truth: Float64Array, weights: Weights = null): number {
  return weightedMean(weights, truth.length, (row) => Math.abs(predicted[row]! - truth[row]!))
}

export function rootMeanSquaredError(predicted: Float64Array, truth: Float64Array, weights: Weights = null): number {
  return Math.sqrt(weightedMean(weights, truth.length, (row) => (predicted[row]! - truth[row]!) ** 2))
}

/** Mean of |error| / |truth|, as a share; null when a true value is zero. */
export function meanAbsolutePercentageError(
  predicted: Float64Array,
  truth: Float64Array,
  weights: Weights = null,
): number | null {
  if (truth.includes(0)) return null
  return weightedMean(weights, truth.length, (row) => Math.abs((predicted[row]! - truth[row]!) / truth[row]!))
}

/** Share of the variance that is explained; null when the truth is constant. */
export function rSquared(predicted: Float64Array, truth: Float64Array, weights: Weights = null): number | null {
  // Rounding gives equal values a spread.
  if (truth.every((value) => value === truth[0])) return null
  const mean = weightedMean(weights, truth.length, (row) => truth[row]!)
  const spread = weightedMean(weights, truth.length, (row) => (truth[row]! - mean) ** 2)
  return spread > 0
    ? 1 - weightedMean(weights, truth.length, (row) => (truth[row]! - predicted[row]!) ** 2) / spread
    : null
}

/** Mean loss of a quantile forecast (Koenker & Bassett 1978). */
export function pinballLoss(
  predicted: Float64Array,
  truth: Float64Array,
  level: number,
  weights: Weights = null,
): number {
  return weightedMean(weights, truth.length, (row) => {
    const error = truth[row]! - predicted[row]!
    return error > 0 ? level * error : (level - 1) * error
  })
}

/**
 * Mean unit deviance of the Tweedie family (Jorgensen 1987) with variance mean^power: 0 normal, 1 Poisson, 2 gamma, between 1 and 2 compound.
 * @param predicted above zero unless power is 0
 */
export function meanDeviance(
  predicted: Float64Array,
  truth: Float64Array,
  power: number,
  weights: Weights = null,
): number {
  return weightedMean(weights, truth.length, (row) => unitDeviance(truth[row]!, predicted[row]!, power))
}

export function unitDeviance(y: number, mean: number, power: number): number {
  if (power === 0) return (y - mean) ** 2
  if (power === 1) return 2 * ((y > 0 ? y * Math.log(y / mean) : 0) - (y - mean))
  if (power === 2) return 2 * ((y - mean) / mean - Math.log(y / mean))
  return (
    2 *
    (y ** (2 - power) / ((1 - power) * (2 - power)) -
      (y * mean ** (1 - power)) / (1 - power) +
      mean ** (2 - power) / (2 - power))
  )
}

/**
 * Normalised Gini index of an ordering: how well the predictions put the rows in order of their true amounts, 1 being perfect
 * (Frees, Meyers & Cummings 2011). Null when the truth is constant, and when an amount is below zero: shares of a sum mean nothing then.
 */
export function gini(predicted: Float64Array, truth: Float64Array, weights: Weights = null): number | null {
  if (truth.some((amount) => amount < 0) || truth.every((amount) => amount === truth[0])) return null
  const own = lorenzArea(predicted, truth, weights)
  const best = lorenzArea(truth, truth, weights)
  return Math.abs(best) > 1e-15 && Number.isFinite(best) ? own / best : null
}

function lorenzArea(by: Float64Array, truth: Float64Array, weights: Weights): number {
  const order = Uint32Array.from(truth.keys()).sort((a, b) => by[a]! - by[b]! || a - b)
  let weightTotal = 0
  let amountTotal = 0
  for (let row = 0; row < truth.length; row++) {
    const weight = weights ? weights[row]! : 1
    weightTotal += weight
    amountTotal += weight * truth[row]!
  }
  let area = 0
  let share = 0
  // Rows with one prediction are one step: their order among themselves says nothing.
  for (let at = 0; at < order.length;) {
    let weight = 0
    let amount = 0
    const value = by[order[at]!]!
    for (; at < order.length && by[order[at]!] === value; at++) {
      const row = order[at]!
      const each = weights ? weights[row]! : 1
      weight += each
      amount += each * truth[row]!
    }
    area += (weight / weightTotal) * (share + amount / amountTotal / 2)
    share += amount / amountTotal
  }
  return 0.5 - area
}
