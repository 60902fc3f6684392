import type { Assignment, AssignmentProblem } from '../assignment/assign.ts'

/** Checks that an assignment is one, and by its prices that no other is better. @returns what is broken */
export function checkAssignment(
  { costs, objective }: AssignmentProblem,
  { columns, cost, rowPrices, columnPrices }: Assignment,
): string[] {
  const faults: string[] = []
  const sign = objective === 'maximise' ? -1 : 1
  const width = costs[0]?.length ?? 0
  const served = columns.filter((j) => j !== null)
  if (new Set(served).size !== served.length) faults.push('a column is given twice')
  if (served.length !== Math.min(costs.length, width)) faults.push('not all are served')
  let total = 0
  for (const [i, j] of columns.entries()) {
    if (j === null) continue
    const own = costs[i]?.[j]
    if (own === null || own === undefined) faults.push(`row ${String(i)} has a forbidden column`)
    total += own ?? 0
  }
  const tolerance = 1e-9 * Math.max(1, ...costs.flat().map((each) => Math.abs(each ?? 0)))
  if (Math.abs(total - cost) > tolerance * costs.length) faults.push('the cost is told wrongly')
  const price = (prices: readonly number[], i: number) => sign * (prices[i] ?? 0)
  for (const [i, row] of costs.entries())
    for (const [j, each] of row.entries())
      if (each !== null && sign * each - price(rowPrices, i) - price(columnPrices, j) < -tolerance * 10)
        faults.push(`the prices of ${String(i)}, ${String(j)} prove nothing`)
  const bound =
    [...rowPrices.keys()].reduce((sum, i) => sum + price(rowPrices, i), 0) +
    [...columnPrices.keys()].reduce((sum, j) => sum + price(columnPrices, j), 0)
  // The side that is not served as a whole must not have positive prices.
  const free =
    costs.length > width
      ? rowPrices.map((_, i) => price(rowPrices, i))
      : columnPrices.map((_, j) => price(columnPrices, j))
  if (costs.length !== width && free.some((each) => each > tolerance * 10)) faults.push('a price has the wrong sign')
  if (Math.abs(bound - sign * total) > tolerance * 100 * costs.length) faults.push('the prices do not prove the cost')
  return faults
}
