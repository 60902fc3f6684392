import type { Design } from '../glm/design.ts'
import type { Outcomes } from './outcomes.ts'

/** Log partial likelihood and its derivatives at some coefficients. */
export interface PartialLikelihood {
  value: number
  gradient: Float64Array
  /** Negative second derivative, `[k][k]`. */
  information: Float64Array
}

/**
 * Cox's partial likelihood (1972) with Efron's treatment of ties (1977).
 * @param order rows by falling time
 */
export function partialLikelihood(
  design: Design,
  { times, events }: Outcomes,
  order: Uint32Array,
  coefficients: Float64Array,
): PartialLikelihood {
  const k = coefficients.length
  const eta = linearPredictors(design, coefficients)
  let value = 0
  const gradient = new Float64Array(k)
  const information = new Float64Array(k * k)
  // Sums over the rows still at risk, and over those with an event at the present time.
  const risk = { sum: 0, first: new Float64Array(k), second: new Float64Array(k * k) }
  const tied = { sum: 0, first: new Float64Array(k), second: new Float64Array(k * k) }
  const x = new Float64Array(k)
  for (let at = 0; at < order.length;) {
    const time = times[order[at]!]!
    tied.sum = 0
    tied.first.fill(0)
    tied.second.fill(0)
    let happened = 0
    for (; at < order.length && times[order[at]!] === time; at++) {
      const row = order[at]!
      const weight = Math.exp(eta[row]!)
      for (let j = 0; j < k; j++) x[j] = design.values[j * design.rows + row]!
      addRow(risk, weight, x)
      if (events[row] !== 1) continue
      addRow(tied, weight, x)
      happened++
      value += eta[row]!
      for (let j = 0; j < k; j++) gradient[j]! += x[j]!
    }
    for (let m = 0; m < happened; m++) {
      const share = m / happened
      const sum = risk.sum - share * tied.sum
      value -= Math.log(sum)
      for (let i = 0; i < k; i++) {
        const mean = (risk.first[i]! - share * tied.first[i]!) / sum
        gradient[i]! -= mean
        for (let j = 0; j <= i; j++) {
          const other = (risk.first[j]! - share * tied.first[j]!) / sum
          const both = (risk.second[i * k + j]! - share * tied.second[i * k + j]!) / sum
          information[i * k + j]! += both - mean * other
        }
      }
    }
  }
  for (let i = 0; i < k; i++) for (let j = 0; j < i; j++) information[j * k + i] = information[i * k + j]!
  return { value, gradient, information }
}

export function linearPredictors(design: Design, coefficients: Float64Array): Float64Array {
  const eta = new Float64Array(design.rows)
  for (let j = 0; j < coefficients.length; j++)
    for (let row = 0; row < design.rows; row++) eta[row]! += coefficients[j]! * design.values[j * design.rows + row]!
  return eta
}

function addRow(
  sums: { sum: number; first: Float64Array; second: Float64Array },
  weight: number,
  x: Float64Array,
): void {
  const k = x.length
  sums.sum += weight
  for (let i = 0; i < k; i++) {
    const part = weight * x[i]!
    sums.first[i]! += part
    if (part !== 0) for (let j = 0; j <= i; j++) sums.second[i * k + j]! += part * x[j]!
  }
}
