import {
  checkInput,
  EngineInputError,
  provenanceOf,
  startWork,
  type Warning,
  type WorkOptions,
} from '../../contract/index.ts'
import { mostEaseItems } from '../collaborative/ease.ts'
import { coldNeighbours, extendFactors } from '../content/cold-items.ts'
import { indexContent } from '../content/content-likeness.ts'
import { checkContent, type ItemContent } from '../content/item-content.ts'
import type { Interaction } from '../interactions/interaction.ts'
import { readInteractions, type InteractionColumns } from '../interactions/read-interactions.ts'
import { strengthsOf, thinDataWarnings } from '../interactions/strengths.ts'
import type { SparseMatrix } from '../interactions/sparse-matrix.ts'
import { trySettings } from './choose-settings.ts'
import { fitScorer } from './fit-scorer.ts'
import { recommenderEngine, recommenderVersion, type Recommender } from './model.ts'
import { alternatives, methodFor, RecommenderOptions, settingsFor } from './options.ts'

/**
 * Learns from who chose what which items to show to whom. Settings that are not given are chosen by interactions held out
 * of a sample; the model is then made of all interactions.
 *
 * @param interactions in any order
 * @param options with the work's seed, signal, time limit and progress; at the time limit the model is the best so far
 *   (with a warning that says in what it is less)
 * @throws EngineInputError naming the row of an interaction or description, or the option
 */
export function fitRecommender(
  interactions: readonly Interaction[],
  options: RecommenderOptions & WorkOptions = {},
): Recommender {
  const { seed, signal, maxMillis, onProgress, ...own } = options
  const read = checkInput(RecommenderOptions, own)
  const work = startWork({ seed, signal, maxMillis, onProgress })
  work.progress(0, 'reading interactions')
  const columns = readInteractions(interactions, 'interactions', work)
  const method = methodFor(read.method, columns.items.length)
  checkFit(method, columns, read.content ?? [])
  const strengths = strengthsOf(columns, read.strength, read.halfLifeDays)
  const warnings = thinDataWarnings(strengths)
  const defaults = settingsFor(method, read)
  const tried = read.choose ? alternatives(defaults, read) : []
  const trials = tried.length > 1 ? trySettings(strengths, tried, work, { signal, maxMillis }) : []
  if (tried.length > 1 && trials.length < tried.length && maxMillis !== undefined)
    warnings.push({
      code: 'few-trials',
      message: `Within the time limit ${String(trials.length)} of ${String(tried.length)} settings were tried; the others may be better.`,
    })
  let best = trials[0]
  for (const trial of trials) if (best && trial.ndcg > best.ndcg) best = trial
  const settings = best?.settings ?? defaults
  const fitted = fitScorer(strengths, settings, work)
  warnings.push(...fitted.warnings)
  const described = addContent(columns, read.content ?? [], warnings)
  const { kind } = fitted.scorer
  const scorer =
    described.cold && (kind === 'als' || kind === 'bpr') ? extendFactors(fitted.scorer, described.cold) : fitted.scorer
  work.progress(1, 'done')
  const { users, items, user, item, weight, time } = columns
  return {
    settings,
    trials,
    items: described.items,
    warm: items.length,
    users,
    strengths,
    strength: read.strength,
    unit: read.strength === 'log' ? Math.log1p(1) : 1,
    popularity: popularityOf(strengths, described.items.length),
    scorer,
    cold: described.cold,
    content: described.content,
    provenance: provenanceOf(
      recommenderEngine,
      recommenderVersion,
      work.seed,
      [users, items, user, item, weight, time, read],
      warnings,
    ),
  }
}

function checkFit(method: string, { items }: InteractionColumns, content: readonly ItemContent[]): void {
  checkContent(content)
  if (method === 'ease' && items.length > mostEaseItems) {
    const message = `ease is for up to ${String(mostEaseItems)} items and there are ${String(items.length)}; take item-knn or als`
    throw new EngineInputError('out-of-range', [{ field: 'method', row: null, message }])
  }
}

function popularityOf({ column, value }: SparseMatrix, items: number): Float64Array {
  const popularity = new Float64Array(items)
  for (let k = 0; k < column.length; k++) popularity[column[k]!] = popularity[column[k]!]! + value[k]!
  return popularity
}

/** Items that are only described, and who stands for them. */
function addContent(
  columns: InteractionColumns,
  content: readonly ItemContent[],
  warnings: Warning[],
): Pick<Recommender, 'items' | 'cold' | 'content'> {
  if (content.length === 0) return { items: columns.items, cold: null, content: null }
  const known = new Set(columns.items)
  const cold = content.filter((each) => !known.has(each.item))
  const items = [...columns.items, ...cold.map((each) => each.item)]
  const index = indexContent(content, new Map(items.map((each, at) => [each, at])))
  if (cold.length === 0) return { items, cold: null, content: index }
  const neighbours = coldNeighbours(index, cold, columns.items.length)
  let alone = 0
  for (let row = 0; row < neighbours.rows; row++) if (neighbours.start[row] === neighbours.start[row + 1]) alone++
  if (alone > 0)
    warnings.push({
      code: 'content-alone',
      message: `${String(alone)} of ${String(cold.length)} new items are like no known item and are shown only when they are pinned.`,
    })
  return { items, cold: neighbours, content: index }
}
