import { createRandom, type Work } from '../../contract/index.ts'
import type { Fold } from '../cross-validation/folds.ts'
import type { BinnedTable } from './bins.ts'
import { createBooster, type BoosterRules } from './booster.ts'
import { type Loss, meanLoss } from './losses.ts'
import { addOutputs } from './tree.ts'

/** What cross-validation found. */
export interface ChosenRounds {
  rounds: number
  /** Mean loss per tested row after so many rounds. */
  loss: number
  /** Out-of-fold scores, `[output * rows + row]`; NaN for rows that no fold tests. */
  scores: Float64Array
  /** The time limit ended the search. */
  cut: boolean
  /** Boosters of the folds, cut to `rounds`. */
  models: { start: readonly number[]; trees: ReturnType<typeof createBooster>['trees'] }[]
}

/**
 * The number of rounds with the least loss out of fold. All folds advance together, so that one number is best for all of them; the search ends when
 * the loss has not become less for `patience` rounds.
 */
export function chooseRounds(
  table: BinnedTable,
  target: Float64Array,
  weights: Float64Array | null,
  folds: readonly Fold[],
  loss: Loss,
  rules: BoosterRules,
  limits: { rounds: number; patience: number },
  work: Work,
  told: (round: number) => void,
): ChosenRounds {
  const boosters = folds.map(({ train }, fold) =>
    createBooster(table, target, weights, train, loss, rules, createRandom(work.seed).fork(1000 + fold)),
  )
  const shares = folds.map(({ test }) => weightOf(test, weights))
  const all = shares.reduce((sum, share) => sum + share, 0)
  const now = () =>
    folds.reduce(
      (sum, { test }, fold) =>
        shares[fold]! > 0
          ? sum + (shares[fold]! / all) * meanLoss(loss, boosters[fold]!.scores, target, weights, test)
          : sum,
      0,
    )
  let best = { rounds: 0, loss: now() }
  let cut = false
  for (let round = 1; round <= limits.rounds && round - best.rounds <= limits.patience; round++) {
    if (work.expired()) {
      cut = true
      break
    }
    for (const booster of boosters) booster.advance()
    const reached = now()
    if (reached < best.loss) best = { rounds: round, loss: reached }
    told(round)
  }
  const scores = new Float64Array(table.rows * loss.outputs).fill(Number.NaN)
  const models = boosters.map(({ start, trees }) => ({ start, trees: trees.slice(0, best.rounds * loss.outputs) }))
  models.forEach(({ start, trees }, fold) => {
    const { test } = folds[fold]!
    start.forEach((score, output) => {
      for (const row of test) scores[output * table.rows + row] = score
    })
    trees.forEach((tree, at) => addOutputs(tree, table, test, scores, (at % loss.outputs) * table.rows))
  })
  return { ...best, scores, cut, models }
}

function weightOf(rows: Uint32Array, weights: Float64Array | null): number {
  if (!weights) return rows.length
  let sum = 0
  for (const row of rows) sum += weights[row]!
  return sum
}
