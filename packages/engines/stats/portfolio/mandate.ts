import { z } from 'zod'
import { EngineInputError, InfeasibleError } from '../../contract/index.ts'
import { type LinearRow, type QuadraticAnswer } from '../../numerics/index.ts'

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

/** Variables of a portfolio problem: the weights, and with a turnover limit what is bought of each asset. */
export const variablesOf = (assets: number, mandate: CheckedMandate) => (mandate.turnover ? 2 * assets : assets)

/**
 * A mandate as rows over the variables. Without the budget row all of them may be scaled with the portfolio (`scaled`):
 * a row a w >= b becomes (a - b 1) w >= 0.
 */
export function mandateRows(assets: readonly string[], mandate: CheckedMandate, scaled = false): LinearRow[] {
  const n = assets.length
  const size = variablesOf(n, mandate)
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
    const coefficients = new Float64Array(size)
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
  if (mandate.turnover) addTurnover(assets, mandate.turnover, indexOf, add)
  return rows
}

/** Bought b_i >= 0 and sold s_i = b_i - w_i + held_i >= 0; their sum is limited. */
function addTurnover(
  assets: readonly string[],
  { current, max }: NonNullable<CheckedMandate['turnover']>,
  indexOf: (asset: string, field: string) => number,
  add: (name: string, terms: Iterable<readonly [number, number]>, bound: number) => void,
): void {
  const n = assets.length
  for (const asset of Object.keys(current)) indexOf(asset, 'turnover.current')
  let held = 0
  for (const [i, asset] of assets.entries()) {
    const now = current[asset] ?? 0
    held += now
    add(`${asset} is bought, not unbought`, [[n + i, 1]], 0)
    add(
      `${asset} is sold, not unsold`,
      [
        [n + i, 1],
        [i, -1],
      ],
      -now,
    )
  }
  // sum of bought + sold = 2 sum b - sum w + sum held
  const terms = assets.flatMap((_, i): (readonly [number, number])[] => [
    [n + i, -2],
    [i, 1],
  ])
  add(`turnover at most ${String(max)}`, terms, held - max)
}

export const budgetRow = (assets: number, size: number, sum = 1): LinearRow => ({
  name: `weights sum to ${String(sum)}`,
  coefficients: new Float64Array(size).fill(1, 0, assets),
  bound: sum,
  equality: true,
})

/** The weights of an answer. @throws InfeasibleError naming the demands that contradict each other */
export function weightsOf(answer: QuadraticAnswer, assets: number): Float64Array {
  if (!answer.feasible)
    throw new InfeasibleError(`No portfolio obeys the mandate: ${answer.conflict.join('; ')}.`, answer.conflict)
  return answer.x.slice(0, assets)
}
