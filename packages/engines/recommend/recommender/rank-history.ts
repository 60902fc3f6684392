import { bestOf, itemLikeness, rankItems, scoreItems } from '../collaborative/rank.ts'
import { boosted, type Candidates, type History, type Ranking } from '../collaborative/scorer.ts'
import { extendScores } from '../content/cold-items.ts'
import { byPopularity, type Recommender } from './model.ts'

export interface MixedRanking extends Ranking {
  /** The first so many come from the history; the others are popular. */
  byHistory: number
}

/**
 * The best candidates for a history: by what it says, then by popularity where it says nothing.
 * @returns up to `count`, fewer when there are no more candidates
 */
export function rankHistory(model: Recommender, history: History, count: number, candidates: Candidates): MixedRanking {
  const wanted = Math.min(count, model.items.length)
  const { scorer } = model
  let personal: Ranking = { items: new Uint32Array(0), scores: new Float64Array(0) }
  if (history.item.length > 0 && scorer.kind !== 'popularity') {
    if (model.cold && (scorer.kind === 'ease' || scorer.kind === 'item-knn'))
      personal = bestOf(allScores(model, history), wanted, candidates, scorer.kind === 'item-knn' ? 0 : -Infinity)
    else personal = rankItems(scorer, history, wanted, candidates)
  }
  const byHistory = personal.items.length
  if (byHistory >= wanted) return { ...personal, byHistory }
  const items = Array.from(personal.items)
  const scores = Array.from(personal.scores)
  const held = new Set(items)
  if (candidates.boost) {
    const popular = bestOf(model.popularity, wanted, { ...candidates, allowed: without(candidates.allowed, items) }, 0)
    items.push(...popular.items.subarray(0, wanted - byHistory))
    scores.push(...popular.scores.subarray(0, wanted - byHistory))
  } else
    for (const item of byPopularity(model)) {
      if (items.length >= wanted) break
      if (candidates.allowed[item] === 0 || held.has(item)) continue
      items.push(item)
      scores.push(model.popularity[item]!)
    }
  return { items: Uint32Array.from(items), scores: Float64Array.from(scores), byHistory }
}

function without(allowed: Uint8Array, items: readonly number[]): Uint8Array {
  const rest = allowed.slice()
  for (const item of items) rest[item] = 0
  return rest
}

/** Scores of known and new items. */
function allScores(model: Recommender, history: History): Float64Array {
  const scores = scoreItems(model.scorer, history, model.items.length) ?? model.popularity.slice()
  if (model.cold && (model.scorer.kind === 'ease' || model.scorer.kind === 'item-knn')) extendScores(scores, model.cold)
  return scores
}

/** The score that a ranking would show for one item. */
export function scoreOf(model: Recommender, history: History, item: number, boost: Float64Array | null): number {
  const score = allScores(model, history)[item]!
  return boost ? boosted(score, boost[item]!) : score
}

/** 0 to 1; new items of models without vectors are like nothing. */
export function likenessOf(model: Recommender, a: number, b: number): number {
  const beyond = (model.scorer.kind === 'ease' || model.scorer.kind === 'item-knn') && Math.max(a, b) >= model.warm
  return beyond ? 0 : (itemLikeness(model.scorer, a, b) ?? 0)
}
