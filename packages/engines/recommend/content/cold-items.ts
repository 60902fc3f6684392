import type { Factors } from '../collaborative/scorer.ts'
import { orderedFactors } from '../collaborative/factor-order.ts'
import { emptyMatrix, type SparseMatrix } from '../interactions/sparse-matrix.ts'
import { likeContent, type ContentIndex } from './content-likeness.ts'
import type { ItemContent } from './item-content.ts'

/** Known items that a new one is judged by. */
const neighboursPerItem = 20

/**
 * For each new item the known items most like it, with weights that sum to at most 1 (the likeness of the closest one):
 * a new item's score is the weighted mean of theirs (attribute mapping by neighbours: Gantner et al. 2010, sec. 3.1).
 * @returns `[new item][known item]`
 */
export function coldNeighbours(index: ContentIndex, cold: readonly ItemContent[], warm: number): SparseMatrix {
  const lists = cold.map((each) => likeContent(index, each, neighboursPerItem, (item) => item < warm))
  const matrix = emptyMatrix(
    cold.length,
    warm,
    lists.reduce((sum, list) => sum + list.items.length, 0),
  )
  let at = 0
  lists.forEach(({ items, scores }, row) => {
    const sum = scores.reduce((a, b) => a + b, 0)
    const closest = scores[0] ?? 0
    items.forEach((item, k) => {
      matrix.column[at] = item
      matrix.value[at++] = (scores[k]! / sum) * closest
    })
    matrix.start[row + 1] = at
  })
  return matrix
}

/** Scores of all items from those of the known ones. */
export function extendScores(scores: Float64Array, cold: SparseMatrix): void {
  for (let row = 0; row < cold.rows; row++) {
    let sum = 0
    for (let k = cold.start[row]!; k < cold.start[row + 1]!; k++) sum += cold.value[k]! * scores[cold.column[k]!]!
    scores[cold.columns + row] = sum
  }
}

/** The vectors of new items are the weighted means of their neighbours': scores are linear in them. */
export function extendFactors(scorer: Factors, cold: SparseMatrix): Factors {
  const { factors: f, item, rowOfItem } = scorer
  const vectors = new Float64Array((cold.columns + cold.rows) * f)
  for (let i = 0; i < cold.columns; i++) for (let a = 0; a < f; a++) vectors[i * f + a] = item[rowOfItem[i]! * f + a]!
  for (let row = 0; row < cold.rows; row++)
    for (let k = cold.start[row]!; k < cold.start[row + 1]!; k++)
      for (let a = 0; a < f; a++) {
        const at = (cold.columns + row) * f + a
        vectors[at] = vectors[at]! + cold.value[k]! * vectors[cold.column[k]! * f + a]!
      }
  return { ...scorer, ...orderedFactors(vectors, f, scorer.kind === 'bpr' ? scorer.user : null) }
}
