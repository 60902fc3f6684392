import type { Work } from '../../contract/index.ts'
import { logLoss, minimiseSmooth, type Minimum, sigmoid } from '../../numerics/index.ts'

/** Rows of few features that are not zero: row i holds `feature[start[i]..start[i + 1])` with their values. */
export interface SparseRows {
  start: Int32Array
  feature: Int32Array
  value: Float32Array
}

/** Collects sparse rows; arrays double when they are full. */
export function collectRows(expected: number) {
  const starts = [0]
  let feature = new Int32Array(expected * 8)
  let value = new Float32Array(expected * 8)
  let used = 0
  return {
    put: (of: number, is: number): void => {
      if (is === 0) return
      if (used === feature.length) {
        const [wider, longer] = [new Int32Array(used * 2), new Float32Array(used * 2)]
        wider.set(feature)
        longer.set(value)
        ;[feature, value] = [wider, longer]
      }
      feature[used] = of
      value[used++] = is
    },
    endRow: () => void starts.push(used),
    rows: (): SparseRows => ({ start: Int32Array.from(starts), feature, value }),
  }
}

/**
 * Logistic regression with a ridge penalty per weight, by L-BFGS: a convex problem, so the answer does not depend on the
 * order of rows.
 * @param penalty `[feature]`, half of it times the squared weight is added to the loss (a sum over rows)
 */
export function fitLogistic(rows: SparseRows, hits: Uint8Array, penalty: Float64Array, work: Work): Minimum {
  const { start, feature, value } = rows
  const unit = unitsOf(rows, hits.length, penalty)
  const weights = new Float64Array(penalty.length)
  const objective = (scaled: Float64Array, gradient: Float64Array) => {
    gradient.fill(0)
    for (let j = 0; j < weights.length; j++) weights[j] = (scaled[j] ?? 0) * (unit[j] ?? 0)
    let loss = 0
    for (let i = 0; i < hits.length; i++) {
      const [from, to, hit] = [start[i] ?? 0, start[i + 1] ?? 0, hits[i] ?? 0]
      let z = 0
      for (let k = from; k < to; k++) z += (weights[feature[k] ?? 0] ?? 0) * (value[k] ?? 0)
      loss += logLoss(z, hit)
      const error = sigmoid(z) - hit
      for (let k = from; k < to; k++) {
        const of = feature[k] ?? 0
        gradient[of] = (gradient[of] ?? 0) + error * (value[k] ?? 0)
      }
    }
    for (let j = 0; j < weights.length; j++) {
      const [weight, ridge] = [weights[j] ?? 0, penalty[j] ?? 0]
      loss += 0.5 * ridge * weight * weight
      gradient[j] = ((gradient[j] ?? 0) + ridge * weight) * (unit[j] ?? 0)
    }
    return loss
  }
  const found = minimiseSmooth(objective, new Float64Array(penalty.length), {
    tolerance: 1e-6,
    maxIterations: 500,
    work,
  })
  return { ...found, x: found.x.map((scaled, j) => scaled * (unit[j] ?? 0)) }
}

/** Weights are sought in units in which the loss curves about alike, or those of rare features would come last. */
function unitsOf({ start, feature, value }: SparseRows, count: number, penalty: Float64Array): Float64Array {
  const curvature = penalty.slice()
  const used = start[count] ?? 0
  for (let k = 0; k < used; k++) {
    const of = feature[k] ?? 0
    curvature[of] = (curvature[of] ?? 0) + 0.25 * (value[k] ?? 0) ** 2
  }
  return curvature.map((each) => 1 / Math.sqrt(Math.max(each, 1e-12)))
}
