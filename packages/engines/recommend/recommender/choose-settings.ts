import { createRandom, startWork, type Random, type Work, type WorkOptions } from '../../contract/index.ts'
import { rankItems } from '../collaborative/rank.ts'
import type { History } from '../collaborative/scorer.ts'
import { matrixFrom, submatrix, transpose, type SparseMatrix } from '../interactions/sparse-matrix.ts'
import { ndcgOf } from './ranking-figures.ts'
import { fitScorer } from './fit-scorer.ts'
import type { Settings } from './options.ts'

/** How well each of the tried settings ranked held-out interactions. */
export interface Trial {
  settings: Settings
  /** nDCG at 10 over the users of the sample. */
  ndcg: number
}

/** By method, as much as shows a difference in seconds. */
const sampleSize = {
  ease: { entries: 150_000, items: 800 },
  'item-knn': { entries: 150_000, items: 4000 },
  als: { entries: 60_000, items: 2000 },
  bpr: { entries: 60_000, items: 2000 },
  popularity: { entries: 0, items: 0 },
}
/** Share of a time limit that trials may take; the model itself needs the rest. */
const trialShare = 0.3
/** Enough of an iterative method to tell settings apart. */
const trialIterations = 5
const testUsers = 1500
const fewestItems = 4
const heldShare = 0.2
const depth = 10

/**
 * Tries settings on a sample (users at random, the most popular items): a fifth of each user's items is held out and has
 * to be ranked high. The winner is the first of the best.
 * @returns all trials; empty when the sample is too small to tell
 */
export function trySettings(
  matrix: SparseMatrix,
  tried: readonly Settings[],
  work: Work,
  limits: WorkOptions,
): Trial[] {
  const random = createRandom(work.seed).fork(7)
  const sample = sampleOf(matrix, sampleSize[tried[0]?.method ?? 'popularity'], random)
  const { train, test } = holdOut(sample, random)
  if (test.length < 10) return []
  const trials: Trial[] = []
  for (const settings of tried) {
    const left = limits.maxMillis === undefined ? undefined : trialShare * limits.maxMillis - work.elapsed()
    if (work.expired() || (left !== undefined && left <= 0)) break
    work.progress((0.1 * trials.length) / tried.length, 'choosing settings')
    const inner = startWork({ seed: work.seed, signal: limits.signal, maxMillis: left })
    const { scorer, warnings } = fitScorer(train, shortened(settings), inner)
    if (warnings.length > 0 || scorer.kind === 'popularity') break
    const allowed = new Uint8Array(train.columns)
    let sum = 0
    for (const { history, held } of test) {
      allowed.fill(1)
      for (const item of history.item) allowed[item] = 0
      const { items } = rankItems(scorer, history, depth, { allowed, boost: null, mostBoost: 1 })
      sum += ndcgOf(items, new Set(held), depth)
    }
    trials.push({ settings, ndcg: sum / test.length })
  }
  return trials
}

const shortened = (settings: Settings): Settings =>
  settings.method === 'als' ? { ...settings, iterations: Math.min(trialIterations, settings.iterations) } : settings

function sampleOf(matrix: SparseMatrix, most: { entries: number; items: number }, random: Random): SparseMatrix {
  const size = new Float64Array(matrix.columns)
  for (const item of matrix.column) size[item] = size[item]! + 1
  const items = Uint32Array.from({ length: matrix.columns }, (_, item) => item)
    .sort((a, b) => size[b]! - size[a]! || a - b)
    .slice(0, most.items)
  const users = random.shuffle(Uint32Array.from({ length: matrix.rows }, (_, user) => user))
  let entries = 0
  let taken = 0
  while (taken < users.length && entries < most.entries) {
    entries += matrix.start[users[taken]! + 1]! - matrix.start[users[taken]!]!
    taken++
  }
  const sample = submatrix(matrix, users.subarray(0, taken), items)
  // Items that nobody of the sample chose would only be ballast.
  const byItem = transpose(sample)
  const used = Uint32Array.from({ length: sample.columns }, (_, item) => item).filter(
    (item) => byItem.start[item + 1]! > byItem.start[item]!,
  )
  return submatrix(
    sample,
    Uint32Array.from({ length: taken }, (_, user) => user),
    used,
  )
}

function holdOut(sample: SparseMatrix, random: Random) {
  const { rows, columns, start, column, value } = sample
  const kept = new Uint8Array(column.length).fill(1)
  const held: number[][] = []
  for (let user = 0; user < rows; user++) {
    const [from, to] = [start[user]!, start[user + 1]!]
    const mine: number[] = []
    if (to - from >= fewestItems) {
      for (let k = from; k < to; k++)
        if (random.next() < heldShare && mine.length < to - from - 1) {
          kept[k] = 0
          mine.push(column[k]!)
        }
    }
    held.push(mine)
  }
  const row = new Uint32Array(column.length)
  for (let user = 0; user < rows; user++) row.fill(user, start[user], start[user + 1])
  const only = (_: number, k: number) => kept[k] === 1
  const train = matrixFrom(rows, columns, row.filter(only), column.filter(only), value.filter(only), (a) => a)
  const test: { history: History; held: number[] }[] = []
  for (let user = 0; user < rows && test.length < testUsers; user++) {
    const mine = held[user] ?? []
    if (mine.length === 0) continue
    const [from, to] = [train.start[user]!, train.start[user + 1]!]
    const history = { user, item: train.column.slice(from, to), value: train.value.slice(from, to) }
    test.push({ history, held: mine })
  }
  return { train, test }
}
