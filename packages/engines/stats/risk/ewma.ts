import { z } from 'zod'
import { checkInput, provenanceOf, type Provenance } from '../../contract/index.ts'
import { Returns } from './returns.ts'

export const Decay = z
  .number()
  .gt(0)
  .lt(1)
  .describe('Share of the variance that stays, 0.94 for days (RiskMetrics 1996)')

/**
 * Exponentially weighted volatility (RiskMetrics 1996, table 5.1), mean zero. It starts at the variance of all returns,
 * which fades by the decay.
 * @returns standard deviation per period: foreseen for each period from those before it, and `next` for the coming one
 */
export function ewmaVolatility(
  returns: readonly number[],
  decay = 0.94,
): { foreseen: number[]; next: number; provenance: Provenance } {
  const checked = checkInput(Returns, [...returns], 'returns')
  const keep = checkInput(Decay, decay, 'decay')
  let variance = checked.reduce((sum, each) => sum + each * each, 0) / checked.length
  const foreseen = checked.map((each) => {
    const before = Math.sqrt(variance)
    variance = keep * variance + (1 - keep) * each * each
    return before
  })
  return { foreseen, next: Math.sqrt(variance), provenance: provenanceOf('stats/ewma', '1', 1, [returns, decay]) }
}
