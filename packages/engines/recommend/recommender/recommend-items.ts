import { z } from 'zod'
import {
  checkInput,
  EngineInputError,
  InfeasibleError,
  provenanceOf,
  type Provenance,
  type Warning,
} from '../../contract/index.ts'
import type { Candidates } from '../collaborative/scorer.ts'
import { arrange, type Placed } from '../shelf/arrange.ts'
import type { Catalogue } from '../shelf/catalogue.ts'
import { candidatesOf, catalogueRows, groupsOf } from '../shelf/read-rules.ts'
import { ShelfRules } from '../shelf/shelf-rules.ts'
import { historyOf, Visitor } from './history.ts'
import { itemNumber, recommenderEngine, recommenderVersion, type Recommender } from './model.ts'
import { likenessOf, rankHistory, scoreOf, type MixedRanking } from './rank-history.ts'

export const ShelfRequest = z.strictObject({
  ...Visitor.shape,
  count: z.int().min(1).max(1000).default(10).describe('Places on the shelf'),
  repeat: z.boolean().default(false).describe('true: items of the visitor’s own history may be shown again'),
  rules: ShelfRules.prefault({}),
})
export type ShelfRequest = z.input<typeof ShelfRequest>

export interface ShelfItem {
  item: string
  /** Comparable within one shelf among items of the same `why`. */
  score: number
  /** history: it follows from what the visitor chose or likes; popularity: many chose it; pinned: a rule put it there. */
  why: 'history' | 'popularity' | 'pinned'
}

export interface Shelf {
  /** By place; shorter than asked when there are not enough items (with a warning). */
  items: ShelfItem[]
  provenance: Provenance
}

/** Candidates looked at first, per place; more when the rules need more. */
const candidatesPerPlace = 8
const fewestCandidates = 60

/**
 * The items to show to someone, by what they chose and by the merchandiser's rules.
 * @param catalogue facts that the rules speak of
 * @throws EngineInputError for a request that cannot be understood; InfeasibleError when demands cannot be met together
 */
export function recommendItems(model: Recommender, request: ShelfRequest, catalogue?: Catalogue): Shelf {
  const read = checkInput(ShelfRequest, request)
  const { history, seen, warnings } = historyOf(model, read)
  if (history.item.length === 0)
    warnings.push({ code: 'no-history', message: 'Nothing is known of the visitor: what is popular is shown.' })
  const number = (item: string) => itemNumber(model, item)
  const candidates = candidatesOf(model, catalogue, read.rules, number)
  const groups = groupsOf(model, catalogue, read.rules)
  const pins = readPins(model, catalogue, read)
  if (!read.repeat) for (const item of seen) candidates.allowed[item] = 0
  const placed = (item: number, score: number): Placed => ({
    item,
    score,
    groups: groups.groups(item),
    demands: groups.demands(item),
  })
  const pinned = new Map<number, Placed>()
  for (const [place, item] of pins) {
    pinned.set(place, placed(item, scoreOf(model, history, item, candidates.boost)))
    candidates.allowed[item] = 0
  }
  const { most, least } = groups
  const rules = { places: read.count, pinned, most, least, diversity: read.rules.diversity }
  const hardRules = most.length > 0 || least.length > 0
  const filled = (pool: MixedRanking) => {
    // What is popular must not pass before what follows from the history: its scores are of another kind.
    const floor = (pool.scores[pool.byHistory - 1] ?? 1) - 1
    const top = pool.scores[pool.byHistory] ?? 1
    const scores = pool.scores.map((score, k) => (k < pool.byHistory ? score : floor - 1 + score / top))
    return arrange(
      Array.from(pool.items, (item, k) => placed(item, scores[k]!)),
      rules,
      (a, b) => likeness(model, catalogue, a, b),
    )
  }
  const available = countOf(candidates)
  let size = Math.min(available, Math.max(fewestCandidates, candidatesPerPlace * read.count))
  if (!hardRules && read.rules.diversity === 0) size = Math.min(size, read.count - pinned.size)
  let pool = rankHistory(model, history, size, candidates)
  let result = filled(pool)
  const lacks = () => hardRules && (result.shelf.includes(null) || result.unmet.some((each) => each > 0))
  while (size < available && pool.items.length >= size && lacks()) {
    size = Math.min(available, size * 4)
    pool = rankHistory(model, history, size, candidates)
    result = filled(pool)
  }
  refuseUnmet(read, result.unmet)
  const items = shelfItems(model, result.shelf, pool, pins)
  if (items.length < read.count) warnings.push(shorter(items.length, read.count))
  const inputs = [model.provenance.inputsHash, read, catalogue ? factsHash(catalogue) : null]
  const { seed } = model.provenance
  return { items, provenance: provenanceOf(recommenderEngine, recommenderVersion, seed, inputs, warnings) }
}

const shorter = (shown: number, asked: number): Warning => ({
  code: 'shelf-short',
  message: `Only ${String(shown)} of ${String(asked)} places could be filled within the rules.`,
})

const hashes = new WeakMap<Catalogue, string>()

/** The hash of a catalogue is made once: it may hold a hundred thousand items. */
function factsHash(catalogue: Catalogue): string {
  let hash = hashes.get(catalogue)
  if (hash === undefined) {
    const { row, available, attributes } = catalogue
    const columns = [...attributes].map(([name, { code, values }]) => [name, code, values])
    hash = provenanceOf('', '', 0, [[...row.keys()], available, columns]).inputsHash
    hashes.set(catalogue, hash)
  }
  return hash
}

function shelfItems(
  model: Recommender,
  shelf: readonly (Placed | null)[],
  pool: MixedRanking,
  pins: ReadonlyMap<number, number>,
): ShelfItem[] {
  const rank = new Map(Array.from(pool.items, (item, k) => [item, k]))
  return shelf.flatMap((placed, place): ShelfItem[] => {
    if (!placed) return []
    const item = model.items[placed.item]!
    if (pins.has(place)) return [{ item, score: placed.score, why: 'pinned' }]
    const k = rank.get(placed.item)!
    return [{ item, score: pool.scores[k]!, why: k < pool.byHistory ? 'history' : 'popularity' }]
  })
}

/** @returns item by place from 0 */
function readPins(
  model: Recommender,
  catalogue: Catalogue | undefined,
  { rules, count }: z.output<typeof ShelfRequest>,
) {
  const pins = new Map<number, number>()
  for (const [row, { item, place }] of rules.pin.entries()) {
    const at = itemNumber(model, item)
    if (at === undefined)
      throw new EngineInputError('unknown-name', [
        {
          field: 'pin',
          row,
          message: `${JSON.stringify(item)} is not an item of the model; describe it in \`content\``,
        },
      ])
    if (place > count) throw pinFault(row, `wants place ${String(place)} of ${String(count)}`)
    if (pins.has(place - 1)) throw pinFault(row, `wants place ${String(place)}, which another item has`)
    if ([...pins.values()].includes(at)) throw pinFault(row, `${JSON.stringify(item)} has a place already`)
    const facts = catalogue ? catalogueRows(model, catalogue)[at]! : -1
    if (rules.exclude.includes(item))
      throw new InfeasibleError(`${item} is pinned and excluded`, [`pin ${item}`, `exclude ${item}`])
    // A pinned item that is sold out gives its place to the next one.
    if (facts >= 0 && catalogue?.available[facts] === 0) continue
    pins.set(place - 1, at)
  }
  return pins
}

const pinFault = (row: number, message: string) =>
  new EngineInputError('out-of-range', [{ field: 'pin', row, message }])

function refuseUnmet({ rules, count }: z.output<typeof ShelfRequest>, unmet: readonly number[]): void {
  const lacking = rules.atLeast.flatMap(({ attribute, value, least }, at) =>
    unmet[at]! > 0 ? [`at least ${String(least)} with ${attribute} = ${String(value)}`] : [],
  )
  if (lacking.length === 0) return
  const others = [
    `${String(count)} places`,
    ...rules.atMost.map(({ attribute, most }) => `at most ${String(most)} per ${attribute}`),
  ]
  throw new InfeasibleError(`No shelf was found with ${lacking.join(' and ')}. Lower the demand or the other rules.`, [
    ...lacking,
    ...others,
  ])
}

/** How alike two items are: to the model, and by their attributes where there are any; 0 to 1. */
function likeness(model: Recommender, catalogue: Catalogue | undefined, a: number, b: number): number {
  const byModel = likenessOf(model, a, b)
  if (!catalogue || catalogue.attributes.size === 0) return byModel
  const rows = catalogueRows(model, catalogue)
  const [p, q] = [rows[a]!, rows[b]!]
  if (p < 0 || q < 0) return byModel
  let same = 0
  for (const { code } of catalogue.attributes.values()) if (code[p]! >= 0 && code[p] === code[q]) same++
  return (byModel + same / catalogue.attributes.size) / 2
}

function countOf({ allowed }: Candidates): number {
  let count = 0
  for (const each of allowed) count += each
  return count
}
