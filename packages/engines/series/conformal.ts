import { studentQuantile } from '../numerics/index.ts'

/** Residuals that the interval of one step ahead rests on at least, borrowed from neighbouring steps if need be. */
const enough = 60

/**
 * Half-widths of intervals by split conformal prediction (Vovk, Gammerman & Shafer 2005; Lei et al. 2018): the quantile
 * of the absolute residuals that the same forecaster made at earlier origins, in units of the series' own step.
 * @param residuals by step ahead: |actual - forecast| / step of the series
 * @param level share that the interval shall hold, between 0 and 1
 * @returns by step ahead, not shrinking with it
 */
export function conformalWidths(residuals: readonly (readonly number[])[], level: number): number[] {
  let widest = 0
  return residuals.map((own, h) => {
    const pooled = [...own]
    for (let reach = 1; pooled.length < enough && reach < residuals.length; reach++)
      pooled.push(...(residuals[h - reach] ?? []), ...(residuals[h + reach] ?? []))
    widest = Math.max(widest, quantile(pooled, level))
    return widest
  })
}

/**
 * The ⌈(n + 1) level⌉-th smallest: what makes the guarantee hold with n residuals. With fewer than level / (1 - level) of
 * them none is that large; then the largest, which n / (n + 1) of the values do not exceed, is drawn out along Student's
 * distribution with n degrees of freedom.
 */
function quantile(values: readonly number[], level: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const n = sorted.length
  const rank = Math.ceil((n + 1) * level)
  if (rank <= n) return sorted[Math.max(0, rank - 1)] ?? 0
  return (sorted.at(-1) ?? 0) * (twoSided(level, n) / twoSided(n / (n + 1), n))
}

const twoSided = (level: number, degrees: number) => studentQuantile((1 + level) / 2, degrees)
