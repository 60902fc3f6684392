import type { ChartData } from './chart-types'

/** The vertical axis: its ends and the marks between them, both ends included, ascending. */
export interface Scale {
  low: number
  high: number
  ticks: number[]
}

/**
 * An axis that begins at zero and has four or five steps of 1, 2 or 5 times a power of ten.
 * @param values what has to find room; nothing, or nothing but zeros, gives 0 to 1
 */
export function scaleOf(values: readonly number[]): Scale {
  const least = Math.min(0, ...values)
  const most = Math.max(0, ...values)
  const span = most - least || 1
  const power = 10 ** Math.floor(Math.log10(span / 5))
  const step = ([1, 2, 5].find((factor) => factor * power * 5 >= span) ?? 10) * power
  const first = Math.floor(least / step + 1e-9)
  const last = Math.max(first + 1, Math.ceil((most || 1) / step - 1e-9))
  // Whole steps, so that a mark is 0.3 and not 0.30000000000000004.
  const digits = Math.max(0, -Math.floor(Math.log10(step)))
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toFixed(digits)))
  return { low: ticks[0] ?? 0, high: ticks.at(-1) ?? 1, ticks }
}

/** From where to where a value is drawn. */
export interface Span {
  from: number
  to: number
}

/** What each series draws of each category; a stack adds up in the order of the series, what is below zero downwards. */
export function spansOf(data: ChartData, stacked: boolean): (Span | null)[][] {
  const above = data.categories.map(() => 0)
  const below = data.categories.map(() => 0)
  return data.series.map(({ values }) =>
    data.categories.map((_, index) => {
      const value = values[index]
      if (typeof value !== 'number') return null
      if (!stacked) return { from: 0, to: value }
      const side = value < 0 ? below : above
      const from = side[index] ?? 0
      side[index] = from + value
      return { from, to: from + value }
    }),
  )
}

export type Point = readonly [x: number, y: number]

const figure = (value: number) => String(Math.round(value * 100) / 100)

/**
 * A line through the points that never overshoots them: monotone cubic interpolation of Steffen (1990), A simple method
 * for monotonic interpolation in one dimension, eq. 11. A single point becomes a dot.
 * @param start `M` begins a path, `L` goes on with one
 */
export function linePath(points: readonly Point[], start: 'M' | 'L' = 'M'): string {
  const [first, ...others] = points
  if (!first) return ''
  const slopes = slopesOf(points)
  let path = `${start}${figure(first[0])} ${figure(first[1])}`
  if (others.length === 0) return `${path}h0`
  let previous = first
  others.forEach((point, index) => {
    const third = (point[0] - previous[0]) / 3
    path += `C${[
      previous[0] + third,
      previous[1] + third * (slopes[index] ?? 0),
      point[0] - third,
      point[1] - third * (slopes[index + 1] ?? 0),
      ...point,
    ]
      .map(figure)
      .join(' ')}`
    previous = point
  })
  return path
}

function slopesOf(points: readonly Point[]): number[] {
  const secant = (index: number) => {
    const [a, b] = [points[index], points[index + 1]]
    return a && b && b[0] !== a[0] ? (b[1] - a[1]) / (b[0] - a[0]) : 0
  }
  return points.map((point, index) => {
    const [before, after] = [points[index - 1], points[index + 1]]
    if (!before) return secant(0)
    if (!after) return secant(index - 1)
    const [left, right] = [secant(index - 1), secant(index)]
    const [widthLeft, widthRight] = [point[0] - before[0], after[0] - point[0]]
    const mean = (left * widthRight + right * widthLeft) / (widthLeft + widthRight)
    return (Math.sign(left) + Math.sign(right)) * Math.min(Math.abs(left), Math.abs(right), Math.abs(mean) / 2)
  })
}

/** Runs of points without a gap, each to be drawn as a line of its own. */
export function unbroken<T>(entries: readonly (T | null)[]): T[][] {
  const runs: T[][] = []
  let run: T[] = []
  for (const entry of entries) {
    if (entry !== null) run.push(entry)
    else if (run.length > 0) {
      runs.push(run)
      run = []
    }
  }
  return run.length > 0 ? [...runs, run] : runs
}

/**
 * Which categories have their name under the axis, so that about `room` characters of names stand there.
 * @returns ascending, the first always, evenly spaced
 */
export function labelledOf(categories: readonly string[], room = 64): number[] {
  const longest = Math.max(1, ...categories.map((category) => category.length))
  const most = Math.max(2, Math.floor(room / (longest + 2)))
  const step = Math.max(1, Math.ceil(categories.length / most))
  return categories.flatMap((_, index) => (index % step === 0 ? [index] : []))
}
