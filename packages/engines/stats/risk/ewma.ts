import { z } from 'zod'
import { checkInput, provenanceOf, type Provenance } from '../../contract/index.ts'
import { Returns } from './returns.ts'

export const Decay = z
  .number()
  .gt(0)
  .lt(1)
  .describe('Share of the variance that stays, 0.94 for days (RiskMetrics 1996)')

/**
 * Exponentially weighted volatility (RiskMetrics 1996, table 5.1), mean zero. The weights of the periods that there are
 * sum to 1, so a short past is not filled up with what came later.
 * @returns standard deviation per period: foreseen for each period from those before it (null for the first, which has
 *   none), and `next` for the coming one
 */
export function ewmaVolatility(
  returns: readonly number[],
  decay = 0.94,
): { foreseen: (number | null)[]; next: number; provenance: Provenance } {
  const checked = checkInput(Returns, [...returns], 'returns')
  const keep = checkInput(Decay, decay, 'decay')
  let [variance, weight] = [0, 0]
  const foreseen = checked.map((each) => {
    const before = weight > 0 ? Math.sqrt(variance / weight) : null
    variance = keep * variance + (1 - keep) * each * each
    weight = keep * weight + (1 - keep)
    return before
  })
  return {
    foreseen,
    next: Math.sqrt(variance / weight),
    provenance: provenanceOf('stats/ewma', '2', 1, [returns, decay]),
  }
}
