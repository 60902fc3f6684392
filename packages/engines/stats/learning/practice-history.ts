import { sigmoid } from '../../numerics/index.ts'

/**
 * What a learner has done so far, overall and per skill, as the features of a logistic model read it. Abilities are
 * ratings updated after each answer (Elo 1978, for learners Pelánek 2016), with steps that shrink as answers come in.
 */
export interface LearnerHistory {
  overall: Practice
  skills: Map<number, Practice>
  items: Map<number, { right: number; wrong: number }>
  lastItem: number
  lastSkill: number
}

export interface Practice {
  right: number
  wrong: number
  /** Rating on the logit scale; 0 is the average learner. */
  ability: number
  /** Moving averages of (answer - expected), one per decay. */
  surprise: Float64Array
  /** Latest answers, newest first. */
  latest: number[]
  /** Number of the learner's answers when this was last practised; -1 never. */
  at: number
}

/** Share of the old average that an answer leaves. */
const overallDecays = [0.5, 0.8, 0.92, 0.98]
const skillDecays = [0.5, 0.8, 0.92]
const latestKept = 20

const newPractice = (decays: number): Practice => ({
  right: 0,
  wrong: 0,
  ability: 0,
  surprise: new Float64Array(decays),
  latest: [],
  at: -1,
})

export const newHistory = (): LearnerHistory => ({
  overall: newPractice(overallDecays.length),
  skills: new Map(),
  items: new Map(),
  lastItem: -1,
  lastSkill: -1,
})

export const answers = (practice: Practice): number => practice.right + practice.wrong

/** Practice of a skill; of none yet when it is new. */
export const skillPractice = (history: LearnerHistory, skill: number): Practice =>
  history.skills.get(skill) ?? unpractised

const unpractised = newPractice(skillDecays.length)

/** @param difficulty logit of a wrong answer of the average learner */
export function recordAnswer(
  history: LearnerHistory,
  item: number,
  skills: ArrayLike<number>,
  difficulty: number,
  correct: number,
): void {
  const { overall } = history
  const before = answers(overall)
  const surprise = correct - sigmoid(-difficulty)
  const overallExpected = sigmoid(overall.ability - difficulty)
  for (let k = 0; k < skills.length; k++) {
    const skill = skills[k] ?? -1
    let practice = history.skills.get(skill)
    if (!practice) {
      practice = newPractice(skillDecays.length)
      history.skills.set(skill, practice)
    }
    const expected = sigmoid(overall.ability + practice.ability - difficulty)
    practice.ability += (correct - expected) / (1 + 0.15 * answers(practice))
    count(practice, correct, surprise, skillDecays, before)
  }
  overall.ability += (1.2 * (correct - overallExpected)) / (1 + 0.06 * before)
  count(overall, correct, surprise, overallDecays, before)
  const seen = history.items.get(item) ?? { right: 0, wrong: 0 }
  history.items.set(item, seen)
  seen.right += correct
  seen.wrong += 1 - correct
  history.lastItem = item
  history.lastSkill = skills[0] ?? -1
}

function count(practice: Practice, correct: number, surprise: number, decays: readonly number[], at: number): void {
  practice.right += correct
  practice.wrong += 1 - correct
  practice.at = at
  practice.latest.unshift(correct)
  if (practice.latest.length > latestKept) practice.latest.pop()
  for (const [k, decay] of decays.entries())
    practice.surprise[k] = decay * (practice.surprise[k] ?? 0) + (1 - decay) * surprise
}
