import { sigmoid } from '../../numerics/index.ts'
import { answers, skillPractice, type LearnerHistory, type Practice } from './practice-history.ts'

/** Which features a tracing model reads: each method adds to the one before. */
export const tracingMethods = ['pfa', 'best-lr', 'history'] as const
export type TracingMethod = (typeof tracingMethods)[number]

/** Where each group of weights begins. */
export interface FeatureLayout {
  method: TracingMethod
  items: number
  skills: number
  offset: Readonly<Record<FeatureGroup, number>>
  size: number
}

export const featureGroups = ['intercept', 'item', 'skill', 'practice', 'amount', 'recent', 'ability'] as const
export type FeatureGroup = (typeof featureGroups)[number]

const amountFeatures = 6
const recentFeatures = 24
const knots = 9
const splines = {
  ability: 2,
  fit: 1,
  surprise: 5,
  fitByAnswers: 7,
  fitByPractice: 5,
  surpriseByPractice: 5,
  fitByPattern: 18,
}
const patterns = 81
const abilityFeatures = 4 + knots * Object.values(splines).reduce((sum, each) => sum + each, 0) + 2 * patterns

export function layoutOf(method: TracingMethod, items: number, skills: number): FeatureLayout {
  const sizes: Record<FeatureGroup, number> = {
    intercept: 1,
    item: method === 'pfa' ? 0 : items,
    skill: skills,
    practice: 2 * skills,
    amount: method === 'pfa' ? 0 : amountFeatures,
    recent: method === 'history' ? recentFeatures : 0,
    ability: method === 'history' ? abilityFeatures : 0,
  }
  const offset: Record<FeatureGroup, number> = {
    intercept: 0,
    item: 0,
    skill: 0,
    practice: 0,
    amount: 0,
    recent: 0,
    ability: 0,
  }
  let size = 0
  for (const group of featureGroups) {
    offset[group] = size
    size += sizes[group]
  }
  return { method, items, skills, offset, size }
}

/** Receives the features of one attempt that are not zero. */
export type Put = (feature: number, value: number) => void

/**
 * The features of one attempt before it is made.
 * - `pfa`: skills, and right and wrong answers per skill (Pavlik, Cen & Koedinger 2009, Performance Factors Analysis; here
 *   as ln(1 + count), as Gervet et al. 2020 fit it).
 * - `best-lr`: and items, and right and wrong answers overall, on the skills and on the item (Gervet, Koedinger,
 *   Schneider & Mitchell 2020).
 * - `history`: and recency (Galyardt & Goldin 2015), ratings, and their interplay as linear splines.
 * @param item -1 for an item that the model has not seen; the same for skills
 * @param difficulty logit of a wrong answer of the average learner
 */
export function describeAttempt(
  layout: FeatureLayout,
  history: LearnerHistory,
  item: number,
  skills: ArrayLike<number>,
  difficulty: number,
  put: Put,
): void {
  const { method, offset } = layout
  const practised = Array.from(skills, (skill) => skillPractice(history, skill))
  const [right, wrong] = [average(practised, logRight), average(practised, logWrong)]
  put(offset.intercept, 1)
  for (let k = 0; k < skills.length; k++) {
    const skill = skills[k] ?? -1
    const practice = practised[k]
    if (skill < 0 || skill >= layout.skills || !practice) continue
    put(offset.skill + skill, 1)
    put(offset.practice + 2 * skill, logRight(practice))
    put(offset.practice + 2 * skill + 1, logWrong(practice))
  }
  if (method === 'pfa') return
  if (item >= 0 && item < layout.items) put(offset.item + item, 1)
  const onItem = history.items.get(item)
  const amounts = [
    logRight(history.overall),
    logWrong(history.overall),
    right,
    wrong,
    Math.log1p(onItem?.right ?? 0),
    Math.log1p(onItem?.wrong ?? 0),
  ]
  for (const [k, amount] of amounts.entries()) put(offset.amount + k, amount)
  if (method === 'best-lr') return
  describeRecent(offset.recent, history, practised, item, skills, put)
  describeAbility(offset.ability, history, practised, difficulty, put)
}

const logRight = (practice: Practice) => Math.log1p(practice.right)
const logWrong = (practice: Practice) => Math.log1p(practice.wrong)

function average(practised: readonly Practice[], of: (practice: Practice) => number): number {
  let sum = 0
  for (const practice of practised) sum += of(practice)
  return sum / practised.length
}

function describeRecent(
  start: number,
  history: LearnerHistory,
  practised: readonly Practice[],
  item: number,
  skills: ArrayLike<number>,
  put: Put,
): void {
  const { overall } = history
  const main = practised[0] ?? overall
  let at = start
  const next = (value: number) => put(at++, value)
  for (const [practice, depth] of [
    [overall, 5],
    [main, 3],
  ] as const)
    for (let k = 0; k < depth; k++) {
      next(practice.latest[k] === 1 ? 1 : 0)
      next(practice.latest[k] === 0 ? 1 : 0)
    }
  next(history.lastSkill === skills[0] ? 1 : 0)
  next(history.lastItem === item ? 1 : 0)
  next(main.at >= 0 ? Math.log1p(answers(overall) - main.at - 1) : 0)
  next(main.at < 0 ? 1 : 0)
  for (const window of [5, 10, 20]) next(shareRight(overall.latest, window))
  next(shareRight(main.latest, 20))
}

/** Share of right answers among the newest, drawn towards two thirds, less two thirds. */
function shareRight(latest: readonly number[], window: number): number {
  const counted = Math.min(window, latest.length)
  let right = 0
  for (let k = 0; k < counted; k++) right += latest[k] ?? 0
  return (right + 4 / 3) / (counted + 2) - 2 / 3
}

function describeAbility(
  start: number,
  history: LearnerHistory,
  practised: readonly Practice[],
  difficulty: number,
  put: Put,
): void {
  const { overall } = history
  const main = practised[0] ?? overall
  const skillAbility = average(practised, (practice) => practice.ability)
  const fit = overall.ability + skillAbility - difficulty
  let at = start
  for (const value of [overall.ability, skillAbility, sigmoid(overall.ability - difficulty), sigmoid(fit)])
    put(at++, value)
  const spline = (value: number, branch = 0, branches = 1) => {
    putSpline(at + branch * knots, value, put)
    at += branches * knots
  }
  spline(overall.ability)
  spline(skillAbility)
  spline(fit)
  for (const k of [0, 1, 2]) spline(3 * (overall.surprise[k] ?? 0))
  for (const k of [0, 1]) spline(3 * (main.surprise[k] ?? 0))
  const practice = Math.min(splines.fitByPractice - 1, Math.round(Math.log2(1 + answers(main))))
  spline(
    overall.ability - difficulty,
    Math.min(splines.fitByAnswers - 1, Math.round(Math.log2(1 + answers(overall)))),
    splines.fitByAnswers,
  )
  spline(fit, practice, splines.fitByPractice)
  spline(3 * (main.surprise[1] ?? 0), practice, splines.surpriseByPractice)
  spline(overall.ability - difficulty, pattern(main.latest, 2), 9)
  spline(overall.ability - difficulty, pattern(overall.latest, 2), 9)
  put(at + pattern(overall.latest, 4), 1)
  put(at + patterns + pattern(main.latest, 4), 1)
}

/** Newest answers as a number to base three: wrong, right, none. */
function pattern(latest: readonly number[], depth: number): number {
  let code = 0
  for (let k = 0; k < depth; k++) code = code * 3 + (latest[k] ?? 2)
  return code
}

/** Linear B-splines with knots two thirds apart, from -8/3 to 8/3; constant beyond. */
function putSpline(start: number, value: number, put: Put): void {
  const half = (knots - 1) / 2
  const scaled = Math.min(half, Math.max(-half, 1.5 * value))
  const below = Math.min(Math.floor(scaled), half - 1)
  put(start + below + half, below + 1 - scaled)
  put(start + below + half + 1, scaled - below)
}
