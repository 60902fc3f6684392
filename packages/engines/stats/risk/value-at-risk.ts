import { z } from 'zod'
import { checkInput, EngineInputError, provenanceOf, type Provenance } from '../../contract/index.ts'
import { isConstant, mean, normalDensity, normalQuantile, quantileOfSorted, variance } from '../../numerics/index.ts'
import { Level, Returns } from './returns.ts'

export const ValueAtRiskOptions = z.object({
  level: Level.default(0.99),
  method: z
    .enum(['historical', 'normal', 'cornish-fisher'])
    .default('historical')
    .describe('From the returns themselves; from a normal distribution; corrected for skewness and kurtosis'),
})

/**
 * The loss that is exceeded with probability 1 - level in one period, and the mean loss when it is exceeded (expected
 * shortfall). Historical: Acerbi & Tasche (2002) for the tail mean; Cornish & Fisher (1938) and Maillard (2018) for the
 * corrected quantile.
 * @returns losses as positive shares
 */
export function valueAtRisk(
  returns: readonly number[],
  options: z.input<typeof ValueAtRiskOptions> = {},
): { valueAtRisk: number; expectedShortfall: number; provenance: Provenance } {
  const checked = checkInput(Returns, [...returns], 'returns')
  const settings = checkInput(ValueAtRiskOptions, options)
  const tail = 1 - settings.level
  const [loss, shortfall] =
    settings.method === 'historical'
      ? historical(checked, tail)
      : parametric(checked, tail, settings.method === 'cornish-fisher')
  return {
    valueAtRisk: loss,
    expectedShortfall: shortfall,
    provenance: provenanceOf('stats/value-at-risk', '1', 1, [returns, settings]),
  }
}

function historical(returns: readonly number[], tail: number): [loss: number, shortfall: number] {
  const sorted = Float64Array.from(returns).sort()
  // 1 - 0.9 is a little less than 0.1.
  const inTail = Math.round(sorted.length * tail * 1e9) / 1e9
  const whole = Math.floor(inTail)
  if (inTail < 1)
    throw new EngineInputError('too-few-rows', [
      {
        field: 'returns',
        row: null,
        message: `needs at least ${String(Math.ceil(1 / tail - 1e-9))} periods for this level`,
      },
    ])
  // The tail holds the worst periods; the last one with the part that fits.
  let sum = (inTail - whole) * (sorted[whole] ?? 0)
  for (let i = 0; i < whole; i++) sum += sorted[i] ?? 0
  return [-quantileOfSorted(sorted, tail), -sum / inTail]
}

function parametric(returns: readonly number[], tail: number, corrected: boolean): [loss: number, shortfall: number] {
  const [centre, spread] = [mean(returns), Math.sqrt(variance(returns))]
  if (isConstant(returns))
    throw new EngineInputError('constant', [
      { field: 'returns', row: null, message: 'do not change; there is no risk to measure' },
    ])
  const z = normalQuantile(tail)
  if (!corrected) return [-(centre + z * spread), -(centre - (normalDensity(z) / tail) * spread)]
  const moment = (order: number) => mean(returns.map((each) => ((each - centre) / spread) ** order))
  const [skew, kurtosis] = [moment(3), moment(4) - 3]
  const quantile =
    z * 1 + ((z * z - 1) * skew) / 6 + ((z ** 3 - 3 * z) * kurtosis) / 24 - ((2 * z ** 3 - 5 * z) * skew * skew) / 36
  // Mean of the corrected quantile over the tail: Maillard (2018), eq. 12.
  const factor =
    (-normalDensity(z) / tail) *
    (1 + (z * skew) / 6 + ((z * z - 1) * kurtosis) / 24 + ((1 - 2 * z * z) * skew * skew) / 36)
  return [-(centre + quantile * spread), -(centre + factor * spread)]
}
