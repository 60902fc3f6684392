import type { Work } from '../contract/index.ts'

/** Writes the gradient at `x` into `gradient` and returns the value. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number

/** Pairs of steps kept. */
const memory = 8
/** One step may be short by chance; so many that gain little together are the end. */
const stepsLooked = 5

export interface Minimum {
  x: Float64Array
  value: number
  iterations: number
  /** Whether the tolerance was reached; false at the limit of iterations or time. */
  converged: boolean
}

/**
 * Minimises a smooth function by limited-memory BFGS with backtracking (Nocedal 1980; Armijo's condition).
 * @param tolerance ends when the last five steps improved the value by less than this share per step
 */
export function minimiseSmooth(
  objective: Objective,
  start: Float64Array,
  { tolerance, maxIterations, work }: { tolerance: number; maxIterations: number; work: Work },
): Minimum {
  const n = start.length
  let x = Float64Array.from(start)
  let gradient = new Float64Array(n)
  let value = objective(x, gradient)
  const values = [value]
  const steps: { step: Float64Array; change: Float64Array; rho: number }[] = []
  const alpha = new Float64Array(memory)
  const direction = new Float64Array(n)
  let [nextX, nextGradient] = [new Float64Array(n), new Float64Array(n)]

  for (let iteration = 1; iteration <= maxIterations; iteration++) {
    direction.set(gradient)
    for (let k = steps.length - 1; k >= 0; k--) {
      const { step, change, rho } = steps[k] ?? empty
      const a = rho * dot(step, direction)
      alpha[k] = a
      add(direction, change, -a)
    }
    const last = steps.at(-1)
    scale(
      direction,
      last ? 1 / (last.rho * dot(last.change, last.change)) : 1 / Math.max(1e-12, Math.sqrt(dot(gradient, gradient))),
    )
    for (const [k, { step, change, rho }] of steps.entries())
      add(direction, step, (alpha[k] ?? 0) - rho * dot(change, direction))

    const slope = dot(gradient, direction)
    if (!(slope > 0)) return { x, value, iterations: iteration, converged: true }
    let length = 1
    let nextValue: number
    for (;;) {
      for (let j = 0; j < n; j++) nextX[j] = (x[j] ?? 0) - length * (direction[j] ?? 0)
      nextValue = objective(nextX, nextGradient)
      if (nextValue <= value - 1e-4 * length * slope) break
      length /= 2
      if (length < 1e-12) return { x, value, iterations: iteration, converged: true }
    }
    const spare = steps.length === memory ? steps.shift() : undefined
    const step = spare?.step ?? new Float64Array(n)
    const change = spare?.change ?? new Float64Array(n)
    for (let j = 0; j < n; j++) {
      step[j] = (nextX[j] ?? 0) - (x[j] ?? 0)
      change[j] = (nextGradient[j] ?? 0) - (gradient[j] ?? 0)
    }
    const curvature = dot(step, change)
    if (curvature > 1e-14) steps.push({ step, change, rho: 1 / curvature })
    ;[x, nextX] = [nextX, x]
    ;[gradient, nextGradient] = [nextGradient, gradient]
    value = nextValue
    values.push(value)
    if (values.length > stepsLooked + 1) values.shift()
    const gained = ((values[0] ?? value) - value) / (stepsLooked * Math.max(Math.abs(value), 1e-300))
    work.progress(iteration / maxIterations, `iteration ${String(iteration)}`)
    if (values.length > stepsLooked && gained < tolerance) return { x, value, iterations: iteration, converged: true }
    if (work.expired()) return { x, value, iterations: iteration, converged: false }
  }
  return { x, value, iterations: maxIterations, converged: false }
}

const empty = { step: new Float64Array(), change: new Float64Array(), rho: 0 }

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let j = 0; j < a.length; j++) sum += (a[j] ?? 0) * (b[j] ?? 0)
  return sum
}

function add(to: Float64Array, from: Float64Array, factor: number): void {
  for (let j = 0; j < to.length; j++) to[j] = (to[j] ?? 0) + factor * (from[j] ?? 0)
}

function scale(values: Float64Array, factor: number): void {
  for (let j = 0; j < values.length; j++) values[j] = (values[j] ?? 0) * factor
}
