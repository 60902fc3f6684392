import { z } from 'zod'
import {
  checkInput,
  EngineInputError,
  type Provenance,
  provenanceOf,
  startWork,
  type Warning,
  type Work,
  type WorkOptions,
  createRandom,
} from '../../contract/index.ts'
import { agreement, blockingKeys, LinkageField, LinkageRecord, missing, normalised } from './compare-fields.ts'

export const LinkageInput = z.object({
  left: z.array(LinkageRecord).min(1).max(2_000_000).describe('Records'),
  right: z
    .array(LinkageRecord)
    .min(1)
    .max(2_000_000)
    .optional()
    .describe('Records of another source; without them duplicates are sought within `left`'),
  fields: z.array(LinkageField).min(1).max(100).describe('Fields that are compared, and how'),
})
const Least = z.number().min(0).max(1).describe('Probability from which a pair is a link; .9 unless told')
export type LinkageInput = z.infer<typeof LinkageInput>

/** How much the agreement in a field says. */
export interface FieldWeights {
  field: string
  /** Probability of no, near and full agreement among pairs that are the same. */
  matched: number[]
  /** The same among pairs that are not. */
  unmatched: number[]
}

export interface Link {
  /** Index in `left`. */
  left: number
  /** Index in `right` (or in `left` when duplicates are sought). */
  right: number
  /** Probability that both are the same. */
  probability: number
  /** Sum of log2(matched / unmatched) over the fields: bits of evidence. */
  weight: number
  /** By field: 0 differs, 1 nearly agrees, 2 agrees, null unknown. */
  agreements: Record<string, number | null>
}

export interface Linkage {
  links: Link[]
  /** Records that are the same, by index; only when duplicates are sought. */
  clusters: number[][]
  weights: FieldWeights[]
  /** Which part of all pairs is the same, as estimated. */
  share: number
  provenance: Provenance
}

const levels = 3
/** Values that so many records share say nothing about who they are; their pairs are not compared on their account. */
const largestBlock = 200
const sampledPairs = 20_000
const rounds = 50

/**
 * Which records mean the same: the model of I. P. Fellegi and A. B. Sunter ("A Theory for Record Linkage", JASA 1969), its probabilities learnt
 * from the records themselves by expectation maximisation (W. E. Winkler 1988); those of unmatched pairs come from pairs drawn at random.
 * Compared are pairs that share a value, or the beginning of a word of it, in some field.
 *
 * @param least probability from which a pair is a link; .9 unless told
 * @throws EngineInputError when a field occurs in no record
 */
export function linkRecords(input: LinkageInput, options: WorkOptions & { least?: number } = {}): Linkage {
  const { left, right, fields } = checkInput(LinkageInput, input)
  const least = checkInput(Least, options.least ?? 0.9, 'least')
  const work = startWork(options)
  const warnings: Warning[] = []
  const values = fields.map(({ name, kind }) => ({
    left: left.map((record) => normalised(record[name], kind)),
    right: (right ?? left).map((record) => normalised(record[name], kind)),
  }))
  for (const [at, { name }] of fields.entries())
    if (values[at]?.left.every((value) => value === '') || values[at]?.right.every((value) => value === ''))
      throw new EngineInputError('unknown-name', [
        { field: name, row: null, message: 'has no value in any record; leave the field out' },
      ])

  const compare = (a: number, b: number): number[] =>
    fields.map(({ kind }, at) => agreement(values[at]?.left[a] ?? '', values[at]?.right[b] ?? '', kind))
  const patterns = comparePairs(values, fields, right === undefined, compare, work)
  if (work.expired())
    warnings.push({
      code: 'time-limit',
      message: 'The time limit was reached before all records were compared; there may be more links.',
    })
  const all = right ? left.length * right.length : Math.max(1, (left.length * (left.length - 1)) / 2)
  const unmatched = unmatchedProbabilities(values, right === undefined, compare, work.seed)
  const { matched, share } = estimate(
    [...patterns.values()],
    unmatched,
    all,
    Math.min(left.length, (right ?? left).length),
    work,
  )

  const width = (right ?? left).length
  const links: Link[] = []
  for (const { levels: pattern, pairs: members } of patterns.values()) {
    const weight = weightOf(pattern, matched, unmatched)
    const probability = 1 / (1 + ((1 - share) / share) * 2 ** -weight)
    if (probability < least) continue
    const agreements = Object.fromEntries(
      fields.map(({ name }, at) => [name, pattern[at] === missing ? null : (pattern[at] ?? null)]),
    )
    for (const pair of members)
      links.push({ left: Math.floor(pair / width), right: pair % width, probability, weight, agreements })
  }
  links.sort((a, b) => b.weight - a.weight || a.left - b.left || a.right - b.right)
  return {
    links,
    clusters: right === undefined ? clustersOf(left.length, links) : [],
    weights: fields.map(({ name }, at) => ({
      field: name,
      matched: matched[at] ?? [],
      unmatched: unmatched[at] ?? [],
    })),
    share,
    provenance: provenanceOf('text/linkage', '1.0.0', work.seed, [input, least], warnings),
  }
}

type Values = { left: string[]; right: string[] }[]

/** Pairs of one way of agreeing, as `left * width + right` each. */
interface Pattern {
  levels: number[]
  pairs: number[]
}

/** Rows between two looks at the clock. */
const rowsAtOnce = 256

/** Compares the pairs that share a key in some field, each once, and counts the ways in which they agree. */
function comparePairs(
  values: Values,
  fields: readonly LinkageField[],
  within: boolean,
  compare: (a: number, b: number) => number[],
  work: Work,
): Map<string, Pattern> {
  const keysOf = (side: 'left' | 'right', field: number, row: number) =>
    blockingKeys(values[field]?.[side][row] ?? '', fields[field]?.kind ?? 'exact')
  const [rows, width] = [values[0]?.left.length ?? 0, values[0]?.right.length ?? 0]
  const blocks = fields.map((_, field) => {
    const found = new Map<string, number[]>()
    for (let row = 0; row < width; row++)
      for (const key of keysOf('right', field, row)) {
        const block = found.get(key)
        if (block) block.push(row)
        else found.set(key, [row])
      }
    return found
  })
  const patterns = new Map<string, Pattern>()
  const comparedWith = new Int32Array(width).fill(-1)
  for (let a = 0; a < rows; a++) {
    if (a % rowsAtOnce === 0) {
      if (work.expired()) break
      work.progress((0.9 * a) / rows, 'comparing records')
    }
    for (const [field, found] of blocks.entries())
      for (const key of keysOf('left', field, a)) {
        const block = found.get(key) ?? []
        if (block.length > largestBlock) continue
        for (const b of block) {
          if (comparedWith[b] === a || (within && a >= b)) continue
          comparedWith[b] = a
          const levels = compare(a, b)
          const name = levels.join()
          const pattern = patterns.get(name)
          if (pattern) pattern.pairs.push(a * width + b)
          else patterns.set(name, { levels, pairs: [a * width + b] })
        }
      }
  }
  return patterns
}

/**
 * How often records that are not the same agree: fully by the frequencies of the values, nearly by pairs drawn at random, of which next to none
 * are the same.
 */
function unmatchedProbabilities(
  values: Values,
  within: boolean,
  compare: (a: number, b: number) => number[],
  seed: number,
): number[][] {
  const random = createRandom(seed)
  const [left, right] = [values[0]?.left.length ?? 0, values[0]?.right.length ?? 0]
  const near = values.map(() => ({ near: 1, drawn: 10 }))
  for (let drawn = 0; drawn < sampledPairs; drawn++) {
    const [a, b] = [random.integer(left), random.integer(right)]
    for (const [field, level] of compare(a, b).entries()) {
      const count = near[field]
      if (!count || level === missing) continue
      count.drawn++
      if (level === 1) count.near++
    }
  }
  return values.map((sides, field) => {
    const full = chanceAgreement(sides.left, sides.right, within)
    const some = (near[field]?.near ?? 1) / (near[field]?.drawn ?? 1)
    return normalise([Math.max(1e-6, 1 - full - some), some, full])
  })
}

/** @param within both are the same list: no record is compared with itself */
function chanceAgreement(left: readonly string[], right: readonly string[], within: boolean): number {
  const counts = new Map<string, number>()
  for (const value of left) if (value !== '') counts.set(value, (counts.get(value) ?? 0) + 1)
  let same = 1
  let filled = 0
  for (const value of right) {
    if (value === '') continue
    filled++
    same += (counts.get(value) ?? 0) - (within ? 1 : 0)
  }
  const known = left.filter((value) => value !== '').length
  return Math.min(0.99, same / (known * (within ? filled - 1 : filled) + 2))
}

const normalise = (counts: readonly number[]) => {
  const sum = counts.reduce((total, count) => total + count, 0)
  return counts.map((count) => count / sum)
}

/**
 * Expectation maximisation over all pairs of the two lists. Pairs that were not compared are counted as not the same; were only the compared
 * ones counted, whatever they have in common by the way they were found would be taken for sameness.
 */
function estimate(patterns: readonly Pattern[], unmatched: readonly number[][], all: number, most: number, work: Work) {
  let matched = unmatched.map(() => [0.05, 0.15, 0.8])
  let share = Math.min(0.5, (0.5 * most) / all)
  for (let round = 0; round < rounds && !work.expired(); round++) {
    // A prior of a few pairs keeps every probability away from 0 and 1.
    const counts = unmatched.map(() => [0.1, 0.3, 1.6])
    let same = 1
    for (const { levels: pattern, pairs } of patterns) {
      const probability = 1 / (1 + ((1 - share) / share) * 2 ** -weightOf(pattern, matched, unmatched))
      const amount = probability * pairs.length
      same += amount
      for (const [field, level] of pattern.entries()) {
        const count = counts[field]
        if (count && level !== missing) count[level] = (count[level] ?? 0) + amount
      }
    }
    matched = counts.map((count) => normalise(count))
    share = Math.min(0.95, same / (all + 2))
  }
  return { matched, share }
}

function weightOf(pattern: readonly number[], matched: readonly number[][], unmatched: readonly number[][]): number {
  let weight = 0
  for (const [field, level] of pattern.entries())
    if (level !== missing && level < levels)
      weight += Math.log2((matched[field]?.[level] ?? 1) / Math.max(1e-6, unmatched[field]?.[level] ?? 1))
  return weight
}

function clustersOf(count: number, links: readonly Link[]): number[][] {
  const parent = Int32Array.from({ length: count }, (_, index) => index)
  const root = (index: number): number => {
    let at = index
    while (parent[at] !== at) {
      parent[at] = parent[parent[at] ?? at] ?? at
      at = parent[at] ?? at
    }
    return at
  }
  for (const { left, right } of links) {
    const [a, b] = [root(left), root(right)]
    parent[Math.max(a, b)] = Math.min(a, b)
  }
  const groups = new Map<number, number[]>()
  for (const index of new Set(links.flatMap(({ left, right }) => [left, right]))) {
    const group = groups.get(root(index))
    if (group) group.push(index)
    else groups.set(root(index), [index])
  }
  return [...groups.values()].map((group) => group.sort((a, b) => a - b)).sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0))
}
