import { z } from 'zod'
import { checkInput, EngineInputError, provenanceOf, type Provenance } from '../../contract/index.ts'
import { logLoss, normalDensity, sigmoid } from '../../numerics/index.ts'
import { CalibratedItem } from './item-response.ts'

export const Answer = z.object({ item: z.string().min(1), correct: z.union([z.literal(0), z.literal(1)]) })
export type Answer = z.infer<typeof Answer>

export interface AbilityEstimate {
  /** Mean of the posterior over a standard normal population. */
  ability: number
  /** Its standard deviation: 1 before the first answer. */
  standardError: number
}

export interface AdaptiveStep extends AbilityEstimate {
  /** What to ask next; null when the test is over. */
  next: string | null
  /** Fisher information of that item at the estimate. */
  information: number
  /** Why it is over. */
  ended: 'precise' | 'no-items' | null
  provenance: Provenance
}

const Bank = z.array(CalibratedItem).min(1)
const grid = Float64Array.from({ length: 161 }, (_, k) => -8 + k / 10)

/** Ability from answers to calibrated items, as the posterior mean (Bock & Mislevy 1982). */
export function estimateAbility(bank: readonly CalibratedItem[], answers: readonly Answer[]): AbilityEstimate {
  const items = indexBank(bank)
  const given = checkInput(z.array(Answer), [...answers], 'answers')
  const log = grid.map((theta) => Math.log(normalDensity(theta)))
  for (const [row, { item, correct }] of given.entries()) {
    const known = items.get(item)
    if (!known)
      throw new EngineInputError('unknown-name', [{ field: 'item', row, message: `${item} is not calibrated` }])
    for (const [k, theta] of grid.entries())
      log[k] = (log[k] ?? 0) - logLoss(known.discrimination * (theta - known.difficulty), correct)
  }
  const top = Math.max(...log)
  let [mass, first, second] = [0, 0, 0]
  for (const [k, theta] of grid.entries()) {
    const weight = Math.exp((log[k] ?? 0) - top)
    mass += weight
    first += weight * theta
    second += weight * theta * theta
  }
  const ability = first / mass
  return { ability, standardError: Math.sqrt(Math.max(0, second / mass - ability * ability)) }
}

/**
 * What to ask next: the item that says most at the present estimate (maximum Fisher information, Lord 1980), until the
 * ability is known well enough. Ties go to the item that comes first in the bank.
 * @param precise standard error at which the test ends
 */
export function nextQuestion(bank: readonly CalibratedItem[], answers: readonly Answer[], precise = 0.3): AdaptiveStep {
  const limit = checkInput(z.number().positive(), precise, 'precise')
  const { ability, standardError } = estimateAbility(bank, answers)
  const provenance = provenanceOf('stats/adaptive-test', '1', 1, [bank, answers, precise])
  const asked = new Set(answers.map(({ item }) => item))
  let [next, information]: [string | null, number] = [null, 0]
  for (const item of bank) {
    if (asked.has(item.item)) continue
    const own = itemInformation(item, ability)
    if (next === null || own > information) [next, information] = [item.item, own]
  }
  const ended = standardError <= limit ? 'precise' : next === null ? 'no-items' : null
  if (ended !== null) [next, information] = [null, 0]
  return { ability, standardError, next, information, ended, provenance }
}

/** discrimination^2 p (1 - p) */
export function itemInformation({ discrimination, difficulty }: CalibratedItem, ability: number): number {
  const p = sigmoid(discrimination * (ability - difficulty))
  return discrimination * discrimination * p * (1 - p)
}

function indexBank(bank: readonly CalibratedItem[]): Map<string, CalibratedItem> {
  const checked = checkInput(Bank, [...bank], 'bank')
  const items = new Map(checked.map((each) => [each.item, each]))
  if (items.size !== checked.length)
    throw new EngineInputError('duplicate-key', [{ field: 'bank', row: null, message: 'names an item twice' }])
  return items
}
