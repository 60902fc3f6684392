import { EngineInputError } from '../../contract/index.ts'
import { innerProduct, type RowSource } from '../../numerics/index.ts'
import type { CheckedMandate } from './mandate.ts'

/**
 * sum |w - held| <= max as its 2^n facets sum sign (w - held) <= max, of which only those are made that the search runs
 * into: no further variables, so the problem stays as well conditioned as the covariance.
 * @param scaled the variables are a multiple of the weights, see `mandateRows`
 */
export function turnoverRows(
  assets: readonly string[],
  turnover: CheckedMandate['turnover'],
  scaled = false,
): RowSource | undefined {
  if (!turnover) return undefined
  const { current, max } = turnover
  const unknown = Object.keys(current).find((asset) => !assets.includes(asset))
  if (unknown !== undefined)
    throw new EngineInputError('unknown-name', [
      { field: 'turnover.current', row: null, message: `${unknown} is not among the assets` },
    ])
  const held = Float64Array.from(assets, (asset) => current[asset] ?? 0)

  return (x) => {
    const whole = scaled ? x.reduce((sum, each) => sum + each, 0) : 1
    // The facet of its own signs is the one that x violates most.
    const signs = x.map((each, i) => (each < whole * held[i]! ? -1 : 1))
    const bound = -max - innerProduct(signs, held)
    return {
      name: `turnover at most ${String(max)}`,
      coefficients: signs.map((sign) => (scaled ? -sign - bound : -sign)),
      bound: scaled ? 0 : bound,
    }
  }
}
