import { logit } from '../../numerics/index.ts'

/** Answers that the average counts for, when an item's share of wrong answers is drawn towards its skill's. */
const itemPrior = 5
const skillPrior = 20
/** Parts of the learners: an item's difficulty for a learner of the training data comes from the other parts. */
export const folds = 5

export interface Difficulties {
  /** Logit of a wrong answer, `[item]`. */
  items: Float64Array
  /** The same for an item never seen, `[skill]`. */
  skills: Float64Array
  /** The same for an item and a skill never seen. */
  overall: number
  /** For learners of the training data, `[fold][item]`. */
  heldOut: Float64Array[]
}

interface Columns {
  /** All `[attempt]`; `skill` is the main one. */
  item: Int32Array
  skill: Int32Array
  fold: Uint8Array
  correct: Uint8Array
}

/** How hard each item is: its share of wrong answers, shrunk towards its main skill's and that towards the average. */
export function estimateDifficulties(columns: Columns, items: number, skills: number): Difficulties {
  const { item, skill, fold, correct } = columns
  const count = Array.from({ length: folds + 1 }, () => new Float64Array(items))
  const right = Array.from({ length: folds + 1 }, () => new Float64Array(items))
  const skillCount = new Float64Array(skills)
  const skillRight = new Float64Array(skills)
  const mainSkill = new Int32Array(items)
  let rightOverall = 0
  for (let i = 0; i < item.length; i++) {
    const [it, sk, hit] = [item[i] ?? 0, skill[i] ?? 0, correct[i] ?? 0]
    for (const part of [fold[i] ?? 0, folds]) {
      const [counts, rights] = [count[part], right[part]]
      if (!counts || !rights) continue
      counts[it] = (counts[it] ?? 0) + 1
      rights[it] = (rights[it] ?? 0) + hit
    }
    skillCount[sk] = (skillCount[sk] ?? 0) + 1
    skillRight[sk] = (skillRight[sk] ?? 0) + hit
    mainSkill[it] = sk
    rightOverall += hit
  }
  const average = (rightOverall + 0.5) / (item.length + 1)
  const skillRate = skillRight.map((hits, sk) => (hits + skillPrior * average) / ((skillCount[sk] ?? 0) + skillPrior))
  const without = (part: number | null) =>
    Float64Array.from({ length: items }, (_, it) => {
      const counted = (count[folds]?.[it] ?? 0) - (part === null ? 0 : (count[part]?.[it] ?? 0))
      const hits = (right[folds]?.[it] ?? 0) - (part === null ? 0 : (right[part]?.[it] ?? 0))
      const prior = skillRate[mainSkill[it] ?? 0] ?? average
      return -logit((hits + itemPrior * prior) / (counted + itemPrior))
    })
  return {
    items: without(null),
    skills: skillRate.map((rate) => -logit(rate)),
    overall: -logit(average),
    heldOut: Array.from({ length: folds }, (_, part) => without(part)),
  }
}
