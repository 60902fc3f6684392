/** What a combination is chosen by: for each method, its forecasts at the rolling origins, and what came instead. */
export interface Trial {
  actual: Float64Array
  /** Mean absolute step of the past, and of what a percentage is taken; both put series of any size on one scale. */
  step: number
  /** By method, in the order of `names`. */
  forecasts: Float64Array[]
}

/** Rounds of the selection; a method's weight is its share of them. */
const rounds = 16

/**
 * Greedy ensemble selection with replacement (Caruana, Niculescu-Mizil, Crew & Ksikes 2004): again and again the method
 * is added whose addition makes the mean of the chosen ones best. Starts with the best few, so that a lucky one does
 * not stand alone.
 * @returns weights by method, adding up to 1
 */
export function selectEnsemble(names: readonly string[], trials: readonly Trial[], start: number): Map<string, number> {
  const unit = unitsOf(trials)
  const single = names.map((_, m) => lossOf(trials, unit, (trial) => trial.forecasts[m]!))
  const order = [...names.keys()].toSorted((a, b) => single[a]! - single[b]!)
  const counts = new Map<number, number>()
  const sums = trials.map((trial) => new Float64Array(trial.actual.length))
  let chosen = 0
  const add = (method: number) => {
    counts.set(method, (counts.get(method) ?? 0) + 1)
    chosen++
    for (const [i, trial] of trials.entries()) {
      const sum = sums[i]!
      for (let h = 0; h < sum.length; h++) sum[h]! += trial.forecasts[method]![h]!
    }
  }
  for (const method of order.slice(0, Math.max(1, start))) add(method)
  // What is hopeless alone is not tried again and again.
  const tried = order.slice(0, 10)
  let best = lossOfSums(trials, unit, sums, null, chosen)
  while (chosen < rounds) {
    let next: { method: number; loss: number } | null = null
    for (const method of tried) {
      const loss = lossOfSums(trials, unit, sums, method, chosen + 1)
      if (next === null || loss < next.loss) next = { method, loss }
    }
    if (next === null || next.loss > best) break
    add(next.method)
    best = next.loss
  }
  return new Map(
    [...counts].toSorted(([, a], [, b]) => b - a).map(([method, count]) => [names[method]!, count / chosen]),
  )
}

interface Units {
  percentage: number
  scaled: number
}

/** Loss of the first method, by which both kinds of error are measured: neither outweighs the other. */
function unitsOf(trials: readonly Trial[]): Units {
  const unit = { percentage: 0, scaled: 0 }
  for (const trial of trials) {
    const { percentage, scaled } = errorsOf(trial, (h) => trial.forecasts[0]![h]!)
    unit.percentage += percentage
    unit.scaled += scaled
  }
  return { percentage: unit.percentage || 1, scaled: unit.scaled || 1 }
}

function lossOf(trials: readonly Trial[], unit: Units, forecast: (trial: Trial) => Float64Array): number {
  let loss = 0
  for (const trial of trials) {
    const path = forecast(trial)
    const { percentage, scaled } = errorsOf(trial, (h) => path[h]!)
    loss += percentage / unit.percentage + scaled / unit.scaled
  }
  return loss
}

function lossOfSums(
  trials: readonly Trial[],
  unit: Units,
  sums: readonly Float64Array[],
  added: number | null,
  count: number,
): number {
  let loss = 0
  for (const [i, trial] of trials.entries()) {
    const sum = sums[i]!
    const extra = added === null ? null : trial.forecasts[added]!
    const { percentage, scaled } = errorsOf(trial, (h) => (sum[h]! + (extra ? extra[h]! : 0)) / count)
    loss += percentage / unit.percentage + scaled / unit.scaled
  }
  return loss
}

function errorsOf({ actual, step }: Trial, forecast: (h: number) => number) {
  let percentage = 0
  let scaled = 0
  for (let h = 0; h < actual.length; h++) {
    const value = actual[h]!
    const predicted = forecast(h)
    const error = Math.abs(value - predicted)
    const size = Math.abs(value) + Math.abs(predicted)
    if (size > 0) percentage += error / size
    scaled += error / step
  }
  return { percentage: percentage / actual.length, scaled: scaled / actual.length }
}

/** Weighted mean of the chosen methods' paths for one series. */
export function combine(
  weights: ReadonlyMap<string, number>,
  paths: ReadonlyMap<string, readonly Float64Array[]>,
  index: number,
  horizon: number,
): Float64Array {
  const mean = new Float64Array(horizon)
  for (const [name, weight] of weights) {
    const path = paths.get(name)?.[index]
    if (!path) throw new Error(`No forecast of ${name}`)
    for (let h = 0; h < horizon; h++) mean[h]! += weight * path[h]!
  }
  return mean
}
