import { z } from 'zod'
import {
  checkInput,
  createRandom,
  InfeasibleError,
  Provenance,
  provenanceOf,
  type Warning,
} from '../../contract/index.ts'
import { refuseDuplicates } from '../duplicates.ts'
import { budgetOf, type SearchOptions } from '../search-budget.ts'
import { binsNeeded } from './bins-needed.ts'

const version = '1.0.0'

export const BinProblem = z
  .strictObject({
    capacity: z.number().positive().describe('Of each bin'),
    items: z.array(z.strictObject({ name: z.string().min(1), size: z.number().positive() })).min(1),
  })
  .describe('Items to be put into as few equal bins as possible')
export type BinProblem = z.infer<typeof BinProblem>

export const BinPacking = z.strictObject({
  bins: z.array(z.array(z.string())).describe('Names of the items in each bin'),
  bound: z.int().describe('Fewer bins are impossible'),
  gap: z.number().describe('(bins - bound) / bins; 0 when the packing is proven to be best'),
  provenance: Provenance,
})
export type BinPacking = z.infer<typeof BinPacking>

const roundsUnlessTold = 20_000
const ruinedBins = 4

/**
 * Bin packing: best fit decreasing, then bins are emptied and filled anew with the best-fitting subsets found, as long as
 * the bound leaves room.
 *
 * Source: minimum bin slack by Gupta & Ho, Production Planning & Control 10, 1999; Fleszar & Hindi, Computers & Operations Research 29, 2002.
 * @throws InfeasibleError naming the items that are larger than a bin
 */
export function packBins(input: BinProblem, options: SearchOptions = {}): BinPacking {
  const problem = checkInput(BinProblem, input)
  const { capacity, items } = problem
  refuseDuplicates('items.name', items)
  const large = items.filter(({ size }) => size > capacity).map(({ name }) => name)
  if (large.length > 0) throw new InfeasibleError(`Larger than a bin: ${large.join(', ')}.`, large)
  const budget = budgetOf(options, roundsUnlessTold)
  const random = createRandom(budget.seed)
  const size = (i: number) => items[i]?.size ?? 0
  const bound = binsNeeded(
    items.map((item) => item.size),
    capacity,
  )
  const room = (bin: readonly number[]) => capacity - bin.reduce((sum, i) => sum + size(i), 0)
  /** Room that rounding may take away. */
  const crumb = 1e-9 * capacity

  const fit = (bins: number[][], list: readonly number[]) => {
    const rooms = bins.map(room)
    for (const i of list) {
      let best = -1
      for (let b = 0; b < bins.length; b++)
        if (rooms[b]! + crumb >= size(i) && (best < 0 || rooms[b]! < rooms[best]!)) best = b
      if (best < 0) {
        bins.push([i])
        rooms.push(capacity - size(i))
      } else {
        bins[best]!.push(i)
        rooms[best]! -= size(i)
      }
    }
    return bins
  }
  const decreasing = (list: readonly number[]) => list.toSorted((a, b) => size(b) - size(a) || a - b)
  /** A subset that leaves little room; the search gives up after so many looks. */
  const fullest = (list: readonly number[]) => {
    let best: number[] = []
    let least = Infinity
    let looks = 2_000
    const go = (from: number, left: number, taken: number[]) => {
      if (left < least) {
        least = left
        best = [...taken]
      }
      for (let k = from; k < list.length && looks-- > 0; k++) {
        if (least <= crumb) return
        const i = list[k]!
        if (size(i) > left + crumb) continue
        taken.push(i)
        go(k + 1, left - size(i), taken)
        taken.pop()
      }
    }
    const [first = 0] = list
    go(1, capacity - size(first), [first])
    return best
  }
  const fill = (list: readonly number[]) => {
    const bins: number[][] = []
    let left = [...list]
    while (left.length > 0) {
      const bin = fullest(left)
      const gone = new Set(bin)
      bins.push(bin)
      left = left.filter((i) => !gone.has(i))
    }
    return bins
  }
  /** Fuller bins first: a sum of squares tells which of two packings is closer to saving a bin. */
  const merit = (bins: readonly number[][]) => bins.reduce((sum, bin) => sum + (capacity - room(bin)) ** 2, 0)

  const all = decreasing(items.map((_, i) => i))
  let bins = fit([], all)
  const packed = fill(all)
  if (packed.length < bins.length) bins = packed
  let best = bins
  for (let round = 0; best.length > bound && budget.share(round, best.length) < 1; round++) {
    const order = random.shuffle(bins.map((_, b) => b))
    // The emptiest bin is always among the ruined ones.
    const emptiest = bins.reduce((e, bin, b) => (room(bin) > room(bins[e]!) ? b : e), 0)
    const ruined = new Set([emptiest, ...order.slice(0, ruinedBins)])
    const loose = bins.flatMap((bin, b) => (ruined.has(b) ? bin : []))
    const rest = bins.filter((_, b) => !ruined.has(b)).map((bin) => [...bin])
    const list = random.next() < 0.5 ? decreasing(loose) : random.shuffle([...loose])
    const next = random.next() < 0.5 ? fit(rest, list) : [...rest, ...fill(list)]
    if (
      next.length < bins.length ||
      (next.length === bins.length && merit(next) >= merit(bins) * (1 - 0.01 * random.next()))
    )
      bins = next
    if (bins.length < best.length) best = bins
  }
  const warnings: Warning[] = budget.clocked()
    ? [{ code: 'time-limit', message: 'The time limit decided how long was searched.' }]
    : []
  return {
    bins: best.map((bin) => bin.map((i) => items[i]?.name ?? '')),
    bound,
    gap: (best.length - bound) / best.length,
    provenance: provenanceOf(
      'solve/bins',
      version,
      budget.seed,
      [problem, { iterations: options.iterations }],
      warnings,
    ),
  }
}
