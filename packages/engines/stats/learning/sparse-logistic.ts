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
  const objective = (weights: Float64Array, gradient: Float64Array) => {
    gradient.fill(0)
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
      gradient[j] = (gradient[j] ?? 0) + ridge * weight
    }
    return loss
  }
  return minimiseSmooth(objective, new Float64Array(penalty.length), { tolerance: 1e-5, maxIterations: 200, work })
}
