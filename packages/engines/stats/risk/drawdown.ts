import { z } from 'zod'
import { checkInput, provenanceOf, type Provenance } from '../../contract/index.ts'

export const Values = z.array(z.number().positive()).min(1).describe('Values of a portfolio, oldest first')

export interface Drawdown {
  /** The deepest fall from a peak, as a positive share. */
  maximum: number
  /** Period of the peak it fell from, of its lowest point, and of the first value at the old peak again; null while below. */
  peak: number
  trough: number
  recovered: number | null
  /** Share below the highest value so far, per period. */
  series: number[]
  provenance: Provenance
}

export function drawdown(values: readonly number[]): Drawdown {
  const checked = checkInput(Values, [...values], 'values')
  let [highest, highestAt, maximum, peak, trough] = [checked[0] ?? 0, 0, 0, 0, 0]
  const series = checked.map((value, at) => {
    if (value >= highest) [highest, highestAt] = [value, at]
    const fall = 1 - value / highest
    if (fall > maximum) [maximum, peak, trough] = [fall, highestAt, at]
    return fall
  })
  const again = checked.findIndex((value, at) => at > trough && value >= (checked[peak] ?? 0))
  return {
    maximum,
    peak,
    trough,
    recovered: maximum === 0 ? trough : again < 0 ? null : again,
    series,
    provenance: provenanceOf('stats/drawdown', '1', 1, [values]),
  }
}
