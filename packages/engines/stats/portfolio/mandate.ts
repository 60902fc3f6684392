import { z } from 'zod'
import { EngineInputError, InfeasibleError, type Work } from '../../contract/index.ts'
import { type LinearRow, type QuadraticProgram, solveQuadratic, UnsolvedError } from '../../numerics/index.ts'

const share = (what: string) => z.number().describe(`${what}, as a share of the portfolio (0.1 = 10 %)`)

/** What a portfolio must obey. */
export const Mandate = z.object({
  minWeight: share('Least weight of each asset').nullable().default(0),
  maxWeight: share('Largest weight of each asset').nullable().default(1),
  bounds: z
    .record(z.string(), z.object({ min: share('Least weight').optional(), max: share('Largest weight').optional() }))
    .default({})
    .describe('Assets with bounds of their own'),
  groups: z
    .array(
      z.object({
        name: z.string().min(1),
        assets: z.array(z.string()).min(1),
        min: share('Least sum of weights').optional(),
        max: share('Largest sum of weights').optional(),
      }),
    )
    .default([])
    .describe('Sectors, regions, ratings: bounds on a sum of weights'),
  turnover: z
    .object({
      current: z.record(z.string(), z.number()).describe('Weights held now; an asset that is left out is not held'),
      max: z.number().min(0).describe('Largest sum of |new weight - weight now|'),
    })
    .optional(),
})
export type Mandate = z.input<typeof Mandate>
export type CheckedMandate = z.output<typeof Mandate>

/**
 * A mandate as rows over the weights. Without the budget row all of them may be scaled with the portfolio (`scaled`):
 * a row a w >= b becomes (a - b 1) w >= 0.
 */
export function mandateRows(assets: readonly string[], mandate: CheckedMandate, scaled = false): LinearRow[] {
  const n = assets.length
  const index = new Map(assets.map((asset, i) => [asset, i]))
  const indexOf = (asset: string, field: string) => {
    const found = index.get(asset)
    if (found === undefined)
      throw new EngineInputError('unknown-name', [{ field, row: null, message: `${asset} is not among the assets` }])
    return found
  }
  for (const asset of Object.keys(mandate.bounds)) indexOf(asset, 'bounds')
  const rows: LinearRow[] = []
  const add = (name: string, terms: Iterable<readonly [number, number]>, bound: number) => {
    const coefficients = new Float64Array(n)
    for (const [j, value] of terms) coefficients[j] = (coefficients[j] ?? 0) + value
    if (scaled) for (let j = 0; j < n; j++) coefficients[j] = (coefficients[j] ?? 0) - bound
    rows.push({ name, coefficients, bound: scaled ? 0 : bound })
  }
  for (const [i, asset] of assets.entries()) {
    const own = mandate.bounds[asset]
    const [min, max] = [own?.min ?? mandate.minWeight, own?.max ?? mandate.maxWeight]
    if (min !== null) add(`${asset} at least ${String(min)}`, [[i, 1]], min)
    if (max !== null) add(`${asset} at most ${String(max)}`, [[i, -1]], -max)
  }
  for (const { name, assets: members, min, max } of mandate.groups) {
    const places = members.map((asset) => indexOf(asset, `groups.${name}`))
    if (min !== undefined)
      add(
        `${name} at least ${String(min)}`,
        places.map((i) => [i, 1]),
        min,
      )
    if (max !== undefined)
      add(
        `${name} at most ${String(max)}`,
        places.map((i) => [i, -1]),
        -max,
      )
  }
  return rows
}

export const budgetRow = (assets: number): LinearRow => ({
  name: 'weights sum to 1',
  coefficients: new Float64Array(assets).fill(1),
  bound: 1,
  equality: true,
})

/**
 * The weights that answer a program.
 * @throws InfeasibleError naming the demands that contradict each other; EngineInputError when the mandate's limits meet
 *   in more points than rounding can tell apart
 */
export function solveWeights(program: QuadraticProgram, work: Work): Float64Array {
  try {
    const answer = solveQuadratic(program, work)
    return answer.feasible ? answer.x : refuseConflict(answer.conflict)
  } catch (error) {
    if (!(error instanceof UnsolvedError)) throw error
    const message = 'limits turnover among so many assets that no exact answer is found: leave assets out, or widen it'
    throw new EngineInputError('out-of-range', [{ field: 'turnover', row: null, message }])
  }
}

export function refuseConflict(conflict: readonly string[]): never {
  throw new InfeasibleError(`No portfolio obeys the mandate: ${conflict.join('; ')}.`, conflict)
}
