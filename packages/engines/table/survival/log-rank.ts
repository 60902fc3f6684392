import { invertSymmetric } from '../glm/cholesky.ts'
import { chiSquareAbove } from '../../numerics/index.ts'
import type { Outcomes } from './outcomes.ts'

export interface LogRank {
  chiSquared: number
  degreesOfFreedom: number
  pValue: number
  /** Events per group, as they were and as expected if the groups did not differ. */
  groups: { observed: number; expected: number }[]
}

/**
 * Whether the survival of groups differs (Mantel 1966; several groups: Peto & Peto 1972). A group that nobody of was left
 * when the first event happened has no part in it.
 */
export function logRank({ times, events }: Outcomes, groups: readonly Uint32Array[]): LogRank {
  const groupOf = new Uint32Array(times.length)
  groups.forEach((rows, group) => {
    for (const row of rows) groupOf[row] = group
  })
  const order = Uint32Array.from(times.keys()).sort((a, b) => times[a]! - times[b]!)
  const atRisk = groups.map((rows) => rows.length)
  const observed = groups.map(() => 0)
  const expected = groups.map(() => 0)
  const first = times.reduce((least, time, row) => (events[row] === 1 && time < least ? time : least), Infinity)
  const compared = [...groups.keys()].filter((group) => groups[group]!.some((row) => times[row]! >= first))
  const k = compared.length - 1
  const variance = new Float64Array(k * k)
  for (let at = 0; at < order.length;) {
    const left = order.length - at
    const time = times[order[at]!]!
    const leaving = groups.map(() => 0)
    let happened = 0
    for (; at < order.length && times[order[at]!] === time; at++) {
      const row = order[at]!
      leaving[groupOf[row]!]!++
      observed[groupOf[row]!]! += events[row]!
      happened += events[row]!
    }
    atRisk.forEach((risk, group) => {
      expected[group]! += (happened * risk) / left
    })
    const factor = left > 1 ? (happened * (left - happened)) / (left - 1) : 0
    const shares = compared.map((group) => atRisk[group]! / left)
    for (let i = 0; i < k; i++)
      for (let j = 0; j < k; j++) variance[i * k + j]! += factor * shares[i]! * ((i === j ? 1 : 0) - shares[j]!)
    leaving.forEach((count, group) => {
      atRisk[group]! -= count
    })
  }
  const inverse = invertSymmetric(variance, k)
  const excess = (group: number) => observed[group]! - expected[group]!
  let chiSquared = 0
  if (inverse)
    for (let i = 0; i < k; i++)
      for (let j = 0; j < k; j++) chiSquared += excess(compared[i]!) * inverse[i * k + j]! * excess(compared[j]!)
  return {
    chiSquared,
    degreesOfFreedom: k,
    pValue: k > 0 ? chiSquareAbove(chiSquared, k) : 1,
    groups: observed.map((each, group) => ({ observed: each, expected: expected[group]! })),
  }
}
