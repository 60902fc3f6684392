import { z } from 'zod'
import { checkInput, EngineInputError, Provenance, provenanceOf } from '../contract/index.ts'
import { factorise, solveFactorised } from '../numerics/index.ts'

/** One node of a hierarchy with its own forecast. */
export const HierarchyNode = z.object({
  id: z.string().min(1),
  parent: z.string().nullable().describe('The node that this one is a part of; null = a top'),
  forecast: z.array(z.number()).min(1).describe('Its own forecast, `[horizon]`, in the unit of all'),
  variance: z
    .number()
    .gt(0)
    .optional()
    .describe(
      'Variance of its forecast error; the smaller, the less it is moved. The number of its leaves when absent',
    ),
})
export type HierarchyNode = z.infer<typeof HierarchyNode>

export const Reconciliation = z.object({
  forecasts: z.array(z.object({ id: z.string(), forecast: z.array(z.number()) })).describe('In the order of the input'),
  provenance: Provenance,
})
export type Reconciliation = z.infer<typeof Reconciliation>

export const ReconcileMethod = z.enum(['bottom-up', 'least squares', 'weighted'])

/**
 * Moves the forecasts of a hierarchy as little as needed for each node to be the sum of its parts.
 *
 * `bottom-up` adds up the leaves; `least squares` treats all nodes alike (Hyndman, Ahmed, Athanasopoulos & Shang 2011);
 * `weighted` moves uncertain nodes more (minimum trace with a diagonal: Wickramasuriya, Athanasopoulos & Hyndman 2019).
 * @returns forecasts by id, in the order of the input
 * @throws EngineInputError for a doubled id, an unknown parent, a circle, horizons that differ
 */
export function reconcile(
  input: readonly z.input<typeof HierarchyNode>[],
  method: z.infer<typeof ReconcileMethod> = 'weighted',
): Reconciliation {
  const nodes = checkInput(z.array(HierarchyNode).min(1), [...input])
  checkInput(ReconcileMethod, method)
  const leavesOf = findLeaves(nodes)
  const leaves = [...new Set(leavesOf.flat())].toSorted((a, b) => a - b)
  const place = new Map(leaves.map((leaf, k) => [leaf, k]))
  const rows = leavesOf.map((mine) => Int32Array.from(mine, (leaf) => place.get(leaf)!))
  const count = leaves.length
  const weight = nodes.map(({ variance }, i) => (method === 'weighted' ? 1 / (variance ?? rows[i]!.length) : 1))
  const square = new Float64Array(count * count)
  if (method !== 'bottom-up') {
    for (const [i, row] of rows.entries())
      for (const a of row) for (const b of row) if (b <= a) square[a * count + b]! += weight[i]!
    // Every leaf is a node of its own, so the matrix has a positive diagonal and full rank.
    factorise(square, count)
  }
  const horizon = nodes[0]!.forecast.length
  const reconciled = nodes.map(() => Array.from({ length: horizon }, () => 0))
  for (let h = 0; h < horizon; h++) {
    const bottom =
      method === 'bottom-up'
        ? Float64Array.from(leaves, (leaf) => nodes[leaf]!.forecast[h]!)
        : solveFactorised(square, count, projected(nodes, rows, weight, count, h))
    for (const [i, row] of rows.entries()) for (const leaf of row) reconciled[i]![h]! += bottom[leaf]!
  }
  return {
    forecasts: nodes.map(({ id }, i) => ({ id, forecast: reconciled[i]! })),
    provenance: provenanceOf('series/reconcile', '1', 1, [nodes, method]),
  }
}

function projected(
  nodes: readonly HierarchyNode[],
  rows: readonly Int32Array[],
  weight: readonly number[],
  count: number,
  h: number,
): Float64Array {
  const sum = new Float64Array(count)
  for (const [i, row] of rows.entries()) for (const leaf of row) sum[leaf]! += weight[i]! * nodes[i]!.forecast[h]!
  return sum
}

/** Places of the leaves below each node; of a leaf, its own. */
function findLeaves(nodes: readonly HierarchyNode[]): number[][] {
  const byId = new Map<string, number>()
  for (const [row, { id, forecast }] of nodes.entries()) {
    if (byId.has(id))
      throw new EngineInputError('duplicate-key', [{ field: 'id', row, message: `${id} is there twice` }])
    if (forecast.length !== nodes[0]!.forecast.length)
      throw new EngineInputError('wrong-length', [
        {
          field: 'forecast',
          row,
          message: `has ${String(forecast.length)} steps, others have ${String(nodes[0]!.forecast.length)}`,
        },
      ])
    byId.set(id, row)
  }
  const parents = nodes.map(({ parent }, row) => {
    if (parent === null) return null
    const found = byId.get(parent)
    if (found === undefined)
      throw new EngineInputError('unknown-name', [{ field: 'parent', row, message: `there is no node ${parent}` }])
    return found
  })
  const isParent = new Set(parents)
  const leaves: number[][] = nodes.map(() => [])
  for (const row of nodes.keys()) {
    if (isParent.has(row)) continue
    let steps = 0
    for (let at: number | null = row; at !== null; at = parents[at]!) {
      leaves[at]!.push(row)
      if (steps++ > nodes.length) throw circle(nodes, row)
    }
  }
  // A circle has no leaf below it, so the walk up never finds it.
  const lost = leaves.findIndex((mine) => mine.length === 0)
  if (lost >= 0) throw circle(nodes, lost)
  return leaves
}

function circle(nodes: readonly HierarchyNode[], row: number): EngineInputError {
  return new EngineInputError('out-of-range', [
    { field: 'parent', row, message: `${nodes[row]!.id} is a part of itself; a hierarchy has no circles` },
  ])
}
