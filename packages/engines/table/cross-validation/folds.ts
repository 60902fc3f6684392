import { createRandom } from '../../contract/index.ts'
import { fault } from '../columns.ts'

/** Rows to learn from and rows to test on, both ascending. */
export interface Fold {
  train: Uint32Array
  test: Uint32Array
}

/**
 * Folds in which each row is tested once.
 * @param strata rows with the same number are spread evenly over the folds (classes of a target); null: none
 */
export function randomFolds(rows: number, folds: number, strata: ArrayLike<number> | null, seed: number): Fold[] {
  if (rows < folds) throw fault('too-few-rows', 'table', null, `has ${String(rows)} rows for ${String(folds)} folds`)
  const order = createRandom(seed).shuffle(Uint32Array.from({ length: rows }, (_, row) => row))
  if (strata) order.sort((a, b) => strata[a]! - strata[b]!)
  const foldOf = new Uint32Array(rows)
  order.forEach((row, place) => {
    foldOf[row] = place % folds
  })
  return foldsOf(foldOf, folds)
}

/**
 * Folds in which all rows of a group are tested together, so that a model is judged on groups it has not seen. The largest groups are placed first,
 * each in the fold with the fewest rows.
 */
export function groupFolds(groups: ArrayLike<number>, folds: number): Fold[] {
  const sizes = new Map<number, number>()
  for (let row = 0; row < groups.length; row++) sizes.set(groups[row]!, (sizes.get(groups[row]!) ?? 0) + 1)
  if (sizes.size < folds)
    throw fault('too-few-rows', 'group', null, `has ${String(sizes.size)} groups for ${String(folds)} folds`)
  const filled = new Float64Array(folds)
  const foldOfGroup = new Map<number, number>()
  for (const [group, size] of [...sizes].sort((a, b) => b[1] - a[1] || a[0] - b[0])) {
    const emptiest = filled.indexOf(Math.min(...filled))
    foldOfGroup.set(group, emptiest)
    filled[emptiest]! += size
  }
  return foldsOf(
    Uint32Array.from({ length: groups.length }, (_, row) => foldOfGroup.get(groups[row]!) ?? 0),
    folds,
  )
}

/**
 * Rolling origin: rows are put in order of time and cut in `folds` + 1 blocks; each block but the first is tested on a model of all rows before it.
 * Rows of one moment stay together.
 */
export function timeFolds(times: Float64Array, folds: number): Fold[] {
  const order = Uint32Array.from({ length: times.length }, (_, row) => row).sort(
    (a, b) => times[a]! - times[b]! || a - b,
  )
  const made: Fold[] = []
  let from = 0
  for (let block = 0; block <= folds; block++) {
    let to = Math.round(((block + 1) * order.length) / (folds + 1))
    while (to > 0 && to < order.length && times[order[to]!] === times[order[to - 1]!]) to++
    if (block > 0 && to > from && from > 0)
      made.push({ train: order.slice(0, from).sort(), test: order.slice(from, to).sort() })
    from = Math.max(from, to)
  }
  if (made.length === 0) throw fault('too-few-rows', 'time', null, 'needs at least two different moments')
  return made
}

/** One part held out: every `every`-th row of a shuffled, stratified order. */
export function holdout(rows: number, share: number, strata: ArrayLike<number> | null, seed: number): Fold {
  const [first] = randomFolds(rows, Math.max(2, Math.round(1 / share)), strata, seed)
  return first!
}

function foldsOf(foldOf: Uint32Array, folds: number): Fold[] {
  return Array.from({ length: folds }, (_, fold) => ({
    train: rowsWhere(foldOf, (each) => each !== fold),
    test: rowsWhere(foldOf, (each) => each === fold),
  }))
}

function rowsWhere(foldOf: Uint32Array, wanted: (fold: number) => boolean): Uint32Array {
  const rows = new Uint32Array(foldOf.length)
  let count = 0
  for (let row = 0; row < foldOf.length; row++) if (wanted(foldOf[row]!)) rows[count++] = row
  return rows.slice(0, count)
}
