import { z } from 'zod'
import { checkInput, provenanceOf, type Provenance } from '../../contract/index.ts'
import { scoreParts } from '../collaborative/rank.ts'
import { historyOf, Visitor } from './history.ts'
import { recommenderEngine, recommenderVersion, type Recommender } from './model.ts'
import { scoreOf } from './rank-history.ts'
import { requireItem } from './similar-items.ts'

export const ExplainRequest = z.strictObject({ ...Visitor.shape, item: z.string().min(1).describe('Shown to them') })

export interface Explanation {
  item: string
  /** Without the boosts of a shelf. */
  score: number
  /** sum: the parts add up to the score. likeness: how alike item and history are, as the scores of BPR have no parts. popularity: the history says nothing. */
  kind: 'sum' | 'likeness' | 'popularity'
  /** What each chosen item adds, the largest part first. */
  because: { item: string; part: number }[]
  /** Known items by which a new one is judged, with their weights; else empty. */
  standIns: { item: string; weight: number }[]
  provenance: Provenance
}

/** Why an item is recommended to someone. @throws EngineInputError */
export function explainRecommendation(model: Recommender, request: z.input<typeof ExplainRequest>): Explanation {
  const read = checkInput(ExplainRequest, request)
  const wanted = requireItem(model, read.item)
  const { history, warnings } = historyOf(model, read)
  const { scorer } = model
  const silent = scorer.kind === 'popularity' || history.item.length === 0
  const standIns = standInsOf(model, wanted)
  const parts = new Float64Array(history.item.length)
  if (!silent) {
    // Vectors of new items are means already.
    const own = scorer.kind === 'als' || scorer.kind === 'bpr' || standIns.length === 0
    const targets = own ? [{ at: wanted, weight: 1 }] : standIns
    for (const { at, weight } of targets)
      scoreParts(scorer, history, at).forEach((part, k) => (parts[k] = parts[k]! + weight * part))
  }
  const because = silent
    ? []
    : Array.from(history.item, (item, k) => ({ item: model.items[item]!, part: parts[k]! })).sort(
        (a, b) => Math.abs(b.part) - Math.abs(a.part) || (a.item < b.item ? -1 : 1),
      )
  return {
    item: read.item,
    score: silent ? model.popularity[wanted]! : scoreOf(model, history, wanted, null),
    kind: silent ? 'popularity' : scorer.kind === 'bpr' ? 'likeness' : 'sum',
    because,
    standIns: standIns.map(({ at, weight }) => ({ item: model.items[at]!, weight })),
    provenance: provenanceOf(
      recommenderEngine,
      recommenderVersion,
      model.provenance.seed,
      [model.provenance.inputsHash, read],
      warnings,
    ),
  }
}

function standInsOf(model: Recommender, item: number): { at: number; weight: number }[] {
  if (!model.cold || item < model.warm) return []
  const { start, column, value } = model.cold
  const row = item - model.warm
  return Array.from({ length: start[row + 1]! - start[row]! }, (_, k) => ({
    at: column[start[row]! + k]!,
    weight: value[start[row]! + k]!,
  }))
}
