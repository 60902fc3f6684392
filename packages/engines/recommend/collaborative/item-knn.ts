import type { Work } from '../../contract/index.ts'
import { transpose, type SparseMatrix } from '../interactions/sparse-matrix.ts'
import { createTopList } from '../top-list.ts'
import type { NeighbourWeights } from './scorer.ts'

export interface KnnSettings {
  neighbours: number
  shrinkage: number
  popularityPenalty: number
  userDamping: number
}

/**
 * For each item the others that the same users chose most (Linden, Smith & York 2003; Deshpande & Karypis 2004):
 * co-occurrence / (|from|^0.5 * |to|^penalty + shrinkage), each user's part divided by (number of their items)^damping.
 *
 * The most popular items come first, so that a time limit costs the rarest ones their neighbours.
 * @returns with how many items have their neighbours
 */
export function fitItemKnn(
  matrix: SparseMatrix,
  settings: KnnSettings,
  work: Work,
): { scorer: NeighbourWeights; done: number } {
  const { rows, columns, start, column, value } = matrix
  const most = Math.min(settings.neighbours, Math.max(1, columns - 1))
  const part = new Float64Array(rows)
  for (let r = 0; r < rows; r++) part[r] = Math.max(1, start[r + 1]! - start[r]!) ** -settings.userDamping
  const byItem = transpose(matrix)
  const size = new Float64Array(columns)
  for (let r = 0; r < rows; r++)
    for (let k = start[r]!; k < start[r + 1]!; k++) size[column[k]!] = size[column[k]!]! + part[r]! * value[k]! ** 2
  const fromScale = size.map(Math.sqrt)
  const toScale = size.map((each) => each ** settings.popularityPenalty)

  const order = Uint32Array.from({ length: columns }, (_, item) => item)
  order.sort((a, b) => size[b]! - size[a]! || a - b)
  const lists: ({ items: Uint32Array; scores: Float32Array } | undefined)[] = Array.from({ length: columns })
  const shared = new Float64Array(columns)
  const touched = new Uint32Array(columns)
  const top = createTopList(most)
  let done = 0
  let entries = 0
  for (const from of order) {
    if ((done & 31) === 0) {
      if (work.expired()) break
      work.progress(0.1 + (0.85 * done) / columns, 'comparing items')
    }
    let length = 0
    for (let k = byItem.start[from]!; k < byItem.start[from + 1]!; k++) {
      const user = byItem.column[k]!
      const strength = part[user]! * byItem.value[k]!
      for (let l = start[user]!; l < start[user + 1]!; l++) {
        const to = column[l]!
        if (shared[to] === 0) touched[length++] = to
        shared[to] = shared[to]! + strength * value[l]!
      }
    }
    for (let t = 0; t < length; t++) {
      const to = touched[t]!
      if (to !== from) top.offer(to, shared[to]! / (fromScale[from]! * toScale[to]! + settings.shrinkage))
      shared[to] = 0
    }
    const { items, scores } = top.take()
    lists[from] = { items, scores: Float32Array.from(scores) }
    entries += items.length
    done++
  }
  return { scorer: { kind: 'item-knn', neighbours: joined(lists, entries) }, done }
}

function joined(
  lists: readonly ({ items: Uint32Array; scores: Float32Array } | undefined)[],
  entries: number,
): SparseMatrix {
  const n = lists.length
  const start = new Uint32Array(n + 1)
  const column = new Uint32Array(entries)
  const value = new Float64Array(entries)
  let at = 0
  lists.forEach((list, from) => {
    if (list) {
      column.set(list.items, at)
      value.set(list.scores, at)
      at += list.items.length
    }
    start[from + 1] = at
  })
  return { rows: n, columns: n, start, column, value }
}
