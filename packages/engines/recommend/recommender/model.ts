import type { Provenance } from '../../contract/index.ts'
import type { Scorer } from '../collaborative/scorer.ts'
import type { ContentIndex } from '../content/content-likeness.ts'
import type { SparseMatrix } from '../interactions/sparse-matrix.ts'
import type { Settings, Strength } from './options.ts'
import type { Trial } from './choose-settings.ts'

export const recommenderEngine = 'recommend/recommender'
export const recommenderVersion = '2'

/** Plain data: it can be sent to a worker thread as it is; `saveRecommender` makes JSON of it. */
export interface Recommender {
  settings: Settings
  /** Settings that were tried on held-out interactions. */
  trials: Trial[]
  /** Items by number: those with interactions first, then those that are only described. */
  items: string[]
  /** How many items have interactions. */
  warm: number
  users: string[]
  /** `[user][item]` */
  strengths: SparseMatrix
  /** What several interactions of a user with an item count together. */
  strength: Strength
  /** What one more interaction counts. */
  unit: number
  /** Sum of the strengths, by item. */
  popularity: Float64Array
  scorer: Scorer
  /** Known items that stand for each new one; null when none is described. */
  cold: SparseMatrix | null
  content: ContentIndex | null
  provenance: Provenance
}

const userNumbers = new WeakMap<Recommender, ReadonlyMap<string, number>>()
const itemNumbers = new WeakMap<Recommender, ReadonlyMap<string, number>>()

export const userNumber = (model: Recommender, user: string) => numberIn(userNumbers, model, 'users', user)
export const itemNumber = (model: Recommender, item: string) => numberIn(itemNumbers, model, 'items', item)

/** Maps are made once per model, at the first question. */
function numberIn(
  cache: WeakMap<Recommender, ReadonlyMap<string, number>>,
  model: Recommender,
  names: 'users' | 'items',
  name: string,
): number | undefined {
  let numbers = cache.get(model)
  if (!numbers) cache.set(model, (numbers = new Map(model[names].map((each, at) => [each, at]))))
  return numbers.get(name)
}

const popularityOrders = new WeakMap<Recommender, Uint32Array>()

/** Items with interactions, the most popular first. */
export function byPopularity(model: Recommender): Uint32Array {
  let order = popularityOrders.get(model)
  if (!order) {
    const { popularity } = model
    order = Uint32Array.from({ length: model.warm }, (_, item) => item)
    order.sort((a, b) => popularity[b]! - popularity[a]! || a - b)
    popularityOrders.set(model, order)
  }
  return order
}
