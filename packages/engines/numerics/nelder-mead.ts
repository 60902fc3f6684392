import type { Work } from '../contract/index.ts'
import type { Minimum } from './lbfgs.ts'

/**
 * Minimises a function of a few variables without derivatives: the simplex of Nelder & Mead (1965) with the
 * dimension-dependent coefficients of Gao & Han (2012), restarted once at its answer.
 * @param value infinity or NaN where the function is not defined
 * @param steps size of the first simplex along each variable
 */
export function minimiseSimplex(
  value: (x: Float64Array) => number,
  start: readonly number[],
  {
    steps,
    tolerance = 1e-10,
    maxIterations = 2000,
    work,
  }: {
    steps: readonly number[]
    tolerance?: number
    maxIterations?: number
    work: Work
  },
): Minimum {
  const first = simplex(value, Float64Array.from(start), steps, tolerance, maxIterations, work)
  const again = simplex(
    value,
    first.x,
    steps.map((step) => step / 5),
    tolerance,
    maxIterations,
    work,
  )
  return again.value <= first.value ? { ...again, iterations: first.iterations + again.iterations } : first
}

function simplex(
  value: (x: Float64Array) => number,
  start: Float64Array,
  steps: readonly number[],
  tolerance: number,
  maxIterations: number,
  work: Work,
): Minimum {
  const n = start.length
  const [reflect, expand, contract, shrink] = [1, 1 + 2 / n, 0.75 - 1 / (2 * n), 1 - 1 / n || 0.5]
  const corner = (x: Float64Array) => {
    const at = value(x)
    return { x, value: Number.isNaN(at) ? Infinity : at }
  }
  const corners = [corner(start)]
  for (let j = 0; j < n; j++) {
    const x = Float64Array.from(start)
    x[j] = (x[j] ?? 0) + (steps[j] ?? 1)
    corners.push(corner(x))
  }
  let iteration = 0
  for (; iteration < maxIterations; iteration++) {
    corners.sort((a, b) => a.value - b.value)
    const [best, worst] = [corners[0], corners[n]]
    const second = corners[n - 1]
    if (!best || !worst || !second) break
    const spread = Math.abs(worst.value - best.value)
    const width = Math.max(...worst.x.map((at, j) => Math.abs(at - (best.x[j] ?? 0)) / Math.max(1, Math.abs(at))))
    if (spread <= tolerance * (Math.abs(best.value) + tolerance) && width <= Math.sqrt(tolerance))
      return { x: best.x, value: best.value, iterations: iteration, converged: true }
    if (work.expired()) break
    work.progress(iteration / maxIterations, `step ${String(iteration)}`)
    const centre = new Float64Array(n)
    for (const { x } of corners.slice(0, n)) for (let j = 0; j < n; j++) centre[j] = (centre[j] ?? 0) + (x[j] ?? 0) / n
    const along = (factor: number) => corner(centre.map((at, j) => at + factor * (at - (worst.x[j] ?? 0))))
    const reflected = along(reflect)
    if (reflected.value < best.value) {
      const expanded = along(expand)
      corners[n] = expanded.value < reflected.value ? expanded : reflected
    } else if (reflected.value < second.value) corners[n] = reflected
    else {
      const contracted = along(reflected.value < worst.value ? contract : -contract)
      if (contracted.value < Math.min(reflected.value, worst.value)) corners[n] = contracted
      else
        for (let k = 1; k <= n; k++)
          corners[k] = corner(best.x.map((at, j) => at + shrink * ((corners[k]?.x[j] ?? 0) - at)))
    }
  }
  corners.sort((a, b) => a.value - b.value)
  const best = corners[0] ?? corner(start)
  return { x: best.x, value: best.value, iterations: iteration, converged: false }
}
