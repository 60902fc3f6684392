import type { SparseMatrix } from '../interactions/sparse-matrix.ts'

/** What one user is tied to. */
export interface History {
  /** Row of the user in the fitted data, -1 for a visitor or when there is more than was fitted. */
  user: number
  item: Uint32Array
  value: Float64Array
}

/** Which items may be ranked, by number. */
export interface Candidates {
  /** 0: not this one. */
  allowed: Uint8Array
  /** Multiplies a positive score and divides a negative one; null: none does. */
  boost: Float64Array | null
  /** The largest of `boost`. */
  mostBoost: number
}

export interface Ranking {
  items: Uint32Array
  scores: Float64Array
}

export const boosted = (score: number, boost: number) => (score > 0 ? score * boost : score / boost)

/** Weights from item to item, `[from][to]` row-major (EASE). */
export interface DenseWeights {
  kind: 'ease'
  items: number
  weights: Float32Array
}

/** The strongest weights from each item to others (item-kNN). */
export interface NeighbourWeights {
  kind: 'item-knn'
  neighbours: SparseMatrix
}

/** Items (and users) as points whose inner product is the score (ALS, BPR). */
export interface Factors {
  kind: 'als' | 'bpr'
  factors: number
  /** `[row][factors]`, those that can score most first. */
  item: Float32Array
  /** Item of a row, and row of an item. */
  itemOfRow: Uint32Array
  rowOfItem: Uint32Array
  /** Length of the vector of each row. */
  norm: Float64Array
  /** `[user][factors]` */
  user: Float64Array
  /** `[factors][factors]`: Y'Y + regularisation (ALS), else empty. */
  gram: Float64Array
  /** Confidence 1 + alpha * strength (ALS). */
  alpha: number
  /** Of BPR, for visitors who were not fitted. */
  learningRate: number
  regularisation: number
  seed: number
}

interface PopularityOnly {
  kind: 'popularity'
}

export type Scorer = DenseWeights | NeighbourWeights | Factors | PopularityOnly
