import { createRandom, EngineInputError, InfeasibleError, startWork, type WorkOptions } from '../contract/index.ts'

/** What the pool's tests run in threads. */

export function sumOfDraws(count: number, options: WorkOptions = {}): { sum: number; drawn: Float64Array } {
  const work = startWork(options)
  const random = createRandom(work.seed)
  const drawn = new Float64Array(count)
  let sum = 0
  for (let i = 0; i < count; i++) {
    drawn[i] = random.next()
    sum += drawn[i] ?? 0
    if (i % 1000 === 0) work.progress(i / count, 'drawing')
  }
  work.progress(1, 'drawn')
  return { sum, drawn }
}

/** What came of arguments that are large. */
export function describeRows(
  rows: readonly { id: string; values: readonly number[] }[],
  options: { weights?: readonly number[] } = {},
): { rows: number; values: number; sum: number; last: string | undefined; weights: number } {
  let [values, sum] = [0, 0]
  for (const row of rows) {
    values += row.values.length
    for (const value of row.values) sum += value
  }
  return { rows: rows.length, values, sum, last: rows.at(-1)?.id, weights: options.weights?.length ?? 0 }
}

/** A result that is large. */
export function makeRows(
  count: number,
  length: number,
): { rows: { id: string; values: number[] }[]; sum: Float64Array } {
  const rows = Array.from({ length: count }, (_, row) => ({
    id: String(row),
    values: Array.from({ length }, (_each, i) => (row + i) % 7),
  }))
  return { rows, sum: Float64Array.from(rows, ({ values }) => values.reduce((sum, value) => sum + value, 0)) }
}

/** How many different matrices the vehicles have, and the sum of the first one's values. */
export function countMatrices(vehicles: readonly { id: number; costs: Int32Array }[]): { kinds: number; sum: number } {
  let sum = 0
  for (const value of vehicles[0]?.costs ?? []) sum += value
  return { kinds: new Set(vehicles.map(({ costs }) => costs)).size, sum }
}

/** Computes until it is stopped. */
export function busy(options: WorkOptions = {}): number {
  const work = startWork(options)
  let rounds = 0
  while (!work.expired()) rounds++
  return rounds
}

/** Looks at nothing. */
export function stuck(): never {
  for (let x = 0; ;) x = Math.sin(x)
}

export function crash(): never {
  return process.exit(3)
}

export function refuse(options: { how: string }): never {
  if (options.how === 'input') throw new EngineInputError('not-finite', [{ field: 'price', row: 2, message: 'is NaN' }])
  if (options.how === 'infeasible') throw new InfeasibleError('no plan', ['a', 'b'])
  throw new RangeError('out of range')
}
