import { z } from 'zod'
import { checkInput, EngineInputError, provenanceOf, type Provenance } from '../../contract/index.ts'
import { chiSquareAbove } from '../../numerics/index.ts'
import { Level } from './returns.ts'

const Count = z.int().min(0)

export interface LikelihoodRatio {
  statistic: number
  pValue: number
  provenance: Provenance
}

/**
 * Whether losses beyond the value at risk come as often as they should (Kupiec 1995, proportion of failures).
 * @param exceedances periods with a loss beyond the value at risk
 */
export function kupiecTest(exceedances: number, periods: number, level: number): LikelihoodRatio {
  const [x, n] = [checkInput(Count, exceedances, 'exceedances'), checkInput(Count.min(1), periods, 'periods')]
  const p = 1 - checkInput(Level, level, 'level')
  if (x > n)
    throw new EngineInputError('out-of-range', [
      { field: 'exceedances', row: null, message: `cannot be more than the ${String(n)} periods` },
    ])
  const statistic = coverage(x, n, p)
  return {
    statistic,
    pValue: chiSquareAbove(statistic, 1),
    provenance: provenanceOf('stats/kupiec', '1', 1, [exceedances, periods, level]),
  }
}

/**
 * Whether they come one after another (independence) and both together (conditional coverage); Christoffersen (1998).
 * @param exceeded per period, oldest first: whether the loss was beyond the value at risk
 */
export function christoffersenTest(
  exceeded: readonly boolean[],
  level: number,
): { independence: LikelihoodRatio; conditionalCoverage: LikelihoodRatio } {
  const hits = checkInput(z.array(z.boolean()).min(2), [...exceeded], 'exceeded')
  const p = 1 - checkInput(Level, level, 'level')
  const moves = [0, 0, 0, 0]
  for (let t = 1; t < hits.length; t++) {
    const move = (hits[t - 1] ? 2 : 0) + (hits[t] ? 1 : 0)
    moves[move] = (moves[move] ?? 0) + 1
  }
  const [n00 = 0, n01 = 0, n10 = 0, n11 = 0] = moves
  const free = logBinomial(n01, n00, n01 / (n00 + n01)) + logBinomial(n11, n10, n11 / (n10 + n11))
  const one = logBinomial(n01 + n11, n00 + n10, (n01 + n11) / (n00 + n01 + n10 + n11))
  const independence = Math.max(0, 2 * (free - one))
  const both = independence + coverage(hits.filter(Boolean).length, hits.length, p)
  const provenance = provenanceOf('stats/christoffersen', '1', 1, [exceeded, level])
  return {
    independence: { statistic: independence, pValue: chiSquareAbove(independence, 1), provenance },
    conditionalCoverage: { statistic: both, pValue: chiSquareAbove(both, 2), provenance },
  }
}

const coverage = (hits: number, periods: number, p: number) =>
  Math.max(0, 2 * (logBinomial(hits, periods - hits, hits / periods) - logBinomial(hits, periods - hits, p)))

/** hits log p + misses log(1 - p), with 0 log 0 = 0. */
const logBinomial = (hits: number, misses: number, p: number) =>
  (hits > 0 ? hits * Math.log(p) : 0) + (misses > 0 ? misses * Math.log1p(-p) : 0)
