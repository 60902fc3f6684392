import { z } from 'zod'
import {
  checkInput,
  EngineInputError,
  provenanceOf,
  startWork,
  type Provenance,
  type Warning,
  type WorkOptions,
} from '../../contract/index.ts'
import type { Interaction } from '../interactions/interaction.ts'
import { readInteractions } from '../interactions/read-interactions.ts'
import { matrixFrom } from '../interactions/sparse-matrix.ts'
import { itemNumber, recommenderEngine, recommenderVersion, userNumber, type Recommender } from './model.ts'
import { likenessOf, rankHistory } from './rank-history.ts'
import { averagePrecisionOf, firstHit, hitsOf, ndcgOf } from './ranking-figures.ts'

export const EvaluateOptions = z.strictObject({
  depth: z.int().min(1).max(1000).default(10).describe('Places that count'),
})

/** Means over the tested users, of the first `depth` places. */
export interface RankingFigures {
  precision: number
  recall: number
  ndcg: number
  averagePrecision: number
  /** Share of users with at least one hit. */
  hitRate: number
  /** Mean of 1 / place of the first hit. */
  reciprocalRank: number
}

export interface RecommenderEvaluation extends RankingFigures {
  depth: number
  /** The same for showing to everyone what is popular. */
  popularity: RankingFigures
  /** Share of the items that were shown to anyone. */
  coverage: number
  /** Mean of log2(users / users of the item): how little known what is shown is, in bits. */
  novelty: number
  /** One less the mean likeness of the items of a shelf. */
  diversity: number
  users: number
  /** Held-out interactions of users or with items that the model does not know. */
  unknown: number
  provenance: Provenance
}

/**
 * Ranks all items that a user has not chosen yet and looks where the held-out ones stand. Held-out items that the model
 * does not know count as missed.
 * @param heldOut interactions that the model was not made of, of users it knows
 * @throws EngineInputError
 */
export function evaluateRecommender(
  model: Recommender,
  heldOut: readonly Interaction[],
  options: z.input<typeof EvaluateOptions> & WorkOptions = {},
): RecommenderEvaluation {
  const { seed: _seed, signal, maxMillis, onProgress, ...own } = options
  const { depth } = checkInput(EvaluateOptions, own)
  const work = startWork({ signal, maxMillis, onProgress })
  const columns = readInteractions(heldOut, 'heldOut', work)
  const held = matrixFrom(
    columns.users.length,
    columns.items.length,
    columns.user,
    columns.item,
    columns.weight,
    (a) => a,
  )
  const mine = createMeans()
  const popular = createMeans()
  const allowed = new Uint8Array(model.items.length)
  const shown = new Uint8Array(model.items.length)
  const { start, column, value } = model.strengths
  const itemUsers = new Float64Array(model.items.length)
  for (const item of column) itemUsers[item] = itemUsers[item]! + 1
  const warnings: Warning[] = []
  let [unknown, novelty, seen, difference, pairs] = [0, 0, 0, 0, 0]
  for (let row = 0; row < held.rows; row++) {
    if (work.expired()) {
      warnings.push({ code: 'time-limit', message: `The time limit ended the test after ${String(row)} users.` })
      break
    }
    work.progress(row / held.rows, 'ranking for held-out users')
    const user = userNumber(model, columns.users[row]!)
    const relevant = new Set<number>()
    for (let k = held.start[row]!; k < held.start[row + 1]!; k++) {
      const item = itemNumber(model, columns.items[held.column[k]!]!)
      if (user === undefined || item === undefined) unknown++
      // An item without a number is relevant and cannot be found.
      relevant.add(item ?? -1 - k)
    }
    if (user === undefined) continue
    const history = {
      user,
      item: column.slice(start[user], start[user + 1]),
      value: value.slice(start[user], start[user + 1]),
    }
    allowed.fill(1)
    for (const item of history.item) {
      allowed[item] = 0
      relevant.delete(item)
    }
    if (relevant.size === 0) continue
    const candidates = { allowed, boost: null, mostBoost: 1 }
    const { items } = rankHistory(model, history, depth, candidates)
    mine.add(items, relevant, depth)
    const nothing = { user: -1, item: new Uint32Array(0), value: new Float64Array(0) }
    popular.add(rankHistory(model, nothing, depth, candidates).items, relevant, depth)
    for (const [a, item] of items.entries()) {
      shown[item] = 1
      novelty += Math.log2(model.strengths.rows / Math.max(1, itemUsers[item]!))
      seen++
      for (const other of items.subarray(a + 1)) {
        difference += 1 - likenessOf(model, item, other)
        pairs++
      }
    }
  }
  if (mine.users() === 0) {
    const message = 'holds no user that the model knows with an item that they had not chosen'
    throw new EngineInputError('empty', [{ field: 'heldOut', row: null, message }])
  }
  const { users, items, user, item } = columns
  const inputs = [model.provenance.inputsHash, users, items, user, item, depth]
  return {
    depth,
    ...mine.figures(),
    popularity: popular.figures(),
    coverage: shown.reduce((sum, each) => sum + each, 0) / model.items.length,
    novelty: seen > 0 ? novelty / seen : 0,
    diversity: pairs > 0 ? difference / pairs : 0,
    users: mine.users(),
    unknown,
    provenance: provenanceOf(recommenderEngine, recommenderVersion, model.provenance.seed, inputs, warnings),
  }
}

function createMeans() {
  const sum: RankingFigures = { precision: 0, recall: 0, ndcg: 0, averagePrecision: 0, hitRate: 0, reciprocalRank: 0 }
  let users = 0
  return {
    users: () => users,
    add(items: Uint32Array, relevant: ReadonlySet<number>, depth: number): void {
      const hits = hitsOf(items, relevant, depth)
      const first = firstHit(items, relevant, depth)
      users++
      sum.precision += hits / depth
      sum.recall += hits / relevant.size
      sum.ndcg += ndcgOf(items, relevant, depth)
      sum.averagePrecision += averagePrecisionOf(items, relevant, depth)
      sum.hitRate += hits > 0 ? 1 : 0
      sum.reciprocalRank += first > 0 ? 1 / first : 0
    },
    figures: (): RankingFigures => ({
      precision: sum.precision / users,
      recall: sum.recall / users,
      ndcg: sum.ndcg / users,
      averagePrecision: sum.averagePrecision / users,
      hitRate: sum.hitRate / users,
      reciprocalRank: sum.reciprocalRank / users,
    }),
  }
}
