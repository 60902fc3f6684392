import { z } from 'zod'
import {
  checkInput,
  loadModel,
  provenanceOf,
  saveModel,
  startWork,
  Warning,
  type Provenance,
  type SavedModel,
  type WorkOptions,
} from '../../contract/index.ts'
import { sigmoid } from '../../numerics/index.ts'
import { Attempts, ItemQuestion, type Attempt } from './attempts.ts'
import { classificationFigures, type ClassificationFigures } from './classification-figures.ts'
import { estimateDifficulties, folds } from './item-difficulty.ts'
import { newHistory, recordAnswer, type LearnerHistory } from './practice-history.ts'
import { collectRows, fitLogistic } from './sparse-logistic.ts'
import {
  describeAttempt,
  featureGroups,
  layoutOf,
  tracingMethods,
  type FeatureGroup,
  type FeatureLayout,
  type Put,
} from './tracing-features.ts'

const engine = 'stats/knowledge-tracing'
const version = '2'
const modelVersion = 1

export const TracingOptions = z.object({
  method: z
    .enum(tracingMethods)
    .default('history')
    .describe('`pfa`: practice of the skills; `best-lr`: and items and totals; `history`: and recency and ratings'),
  itemRidge: z
    .number()
    .positive()
    .default(1)
    .describe('Penalty on squared weights of items, skills and their practice'),
  splineRidge: z.number().positive().default(4).describe('Penalty on squared weights of ratings'),
  amountRidge: z.number().positive().default(0.1).describe('Penalty on squared weights of totals and recency'),
})
export type TracingOptions = z.input<typeof TracingOptions>

const TracingModel = z.object({
  method: z.enum(tracingMethods),
  items: z.array(z.string()),
  skills: z.array(z.string()),
  difficulty: z.object({ items: z.array(z.number()), skills: z.array(z.number()), overall: z.number() }),
  weights: z.array(z.number()),
  warnings: z.array(Warning),
})
type TracingModel = z.infer<typeof TracingModel>

/** A loaded model with its indexes. */
interface Tracer {
  model: TracingModel
  layout: FeatureLayout
  item: ReadonlyMap<string, number>
  skill: ReadonlyMap<string, number>
}

/**
 * Fits the probability that a learner's next answer is right, from everything the learner answered before. Learners need
 * not be known to the model: it reads their history when it is applied.
 * @throws EngineInputError naming the attempt that is wrong
 */
export function fitKnowledgeTracing(
  attempts: readonly Attempt[],
  options: TracingOptions & WorkOptions = {},
): { model: SavedModel; provenance: Provenance } {
  const checked = checkInput(Attempts, [...attempts], 'attempts')
  const { signal: _signal, onProgress: _onProgress, maxMillis, seed = 1, ...own } = options
  const settings = checkInput(TracingOptions, own)
  const work = startWork(options)
  const item = indexOf(checked.map((attempt) => attempt.item))
  const skill = indexOf(checked.flatMap((attempt) => attempt.skills))
  const learner = indexOf(checked.map((attempt) => attempt.learner))
  const layout = layoutOf(settings.method, item.size, skill.size)

  const fold = Uint8Array.from(checked, (attempt) => (learner.get(attempt.learner) ?? 0) % folds)
  const correct = Uint8Array.from(checked, (attempt) => attempt.correct)
  const difficulty = estimateDifficulties(
    {
      item: Int32Array.from(checked, (attempt) => item.get(attempt.item) ?? 0),
      skill: Int32Array.from(checked, (attempt) => skill.get(attempt.skills[0] ?? '') ?? 0),
      fold,
      correct,
    },
    item.size,
    skill.size,
  )
  const collected = collectRows(checked.length)
  const histories = new Map<string, LearnerHistory>()
  for (const [i, attempt] of checked.entries()) {
    const history = historyOf(histories, attempt.learner)
    const [it, skills] = [item.get(attempt.item) ?? -1, skillsOf(skill, attempt.skills)]
    const hard = difficulty.heldOut[fold[i] ?? 0]?.[it] ?? difficulty.overall
    describeAttempt(layout, history, it, skills, hard, collected.put)
    collected.endRow()
    recordAnswer(history, it, skills, hard, attempt.correct)
  }
  const fitted = fitLogistic(collected.rows(), correct, penalties(layout, settings), work)
  const warnings: Warning[] = fitted.converged
    ? []
    : [{ code: 'not-converged', message: 'The fit ended at its limit before it was exact; give it more time.' }]
  const model: TracingModel = {
    method: settings.method,
    items: [...item.keys()],
    skills: [...skill.keys()],
    difficulty: {
      items: [...difficulty.items],
      skills: [...difficulty.skills],
      overall: difficulty.overall,
    },
    weights: [...fitted.x],
    warnings,
  }
  return {
    model: saveModel(engine, modelVersion, model),
    provenance: provenanceOf(engine, version, seed, [attempts, settings, maxMillis], warnings),
  }
}

/**
 * The probability of a right answer at each attempt, from the attempts of the same learner before it.
 * @returns `[attempt]`, in the order given
 */
export function traceAttempts(
  model: SavedModel,
  attempts: readonly Attempt[],
): { probability: number[]; provenance: Provenance } {
  const tracer = openModel(model)
  const checked = checkInput(Attempts, [...attempts], 'attempts')
  const histories = new Map<string, LearnerHistory>()
  const probability = checked.map((attempt) => {
    const history = historyOf(histories, attempt.learner)
    const p = sigmoid(logitOf(tracer, history, attempt))
    answer(tracer, history, attempt)
    return p
  })
  return { probability, provenance: provenanceOf(engine, version, 1, [model, attempts], tracer.model.warnings) }
}

/** A learner's chance at questions that were not asked yet. @param attempts of one learner, oldest first; may be empty */
export function predictNext(
  model: SavedModel,
  attempts: readonly Attempt[],
  questions: readonly ItemQuestion[],
): { probability: number[]; provenance: Provenance } {
  const tracer = openModel(model)
  const history = replay(tracer, attempts)
  const probability = checkInput(z.array(ItemQuestion), [...questions], 'questions').map((question) =>
    sigmoid(logitOf(tracer, history, question)),
  )
  return {
    probability,
    provenance: provenanceOf(engine, version, 1, [model, attempts, questions], tracer.model.warnings),
  }
}

/** Which part of what is known moves the chance by how much. The parts sum to the logit of `probability`. */
export function explainNext(
  model: SavedModel,
  attempts: readonly Attempt[],
  question: ItemQuestion,
): { probability: number; parts: Record<FeatureGroup, number>; provenance: Provenance } {
  const tracer = openModel(model)
  const history = replay(tracer, attempts)
  const parts: Record<FeatureGroup, number> = {
    intercept: 0,
    item: 0,
    skill: 0,
    practice: 0,
    amount: 0,
    recent: 0,
    ability: 0,
  }
  const logit = logitOf(tracer, history, checkInput(ItemQuestion, question, 'question'), (feature, product) => {
    const group = featureGroups.findLast((each) => tracer.layout.offset[each] <= feature) ?? 'intercept'
    parts[group] += product
  })
  return {
    probability: sigmoid(logit),
    parts,
    provenance: provenanceOf(engine, version, 1, [model, attempts, question], tracer.model.warnings),
  }
}

/** How well the model foresees answers of learners it was not fitted on. */
export function evaluateKnowledgeTracing(
  model: SavedModel,
  attempts: readonly Attempt[],
): ClassificationFigures & { provenance: Provenance } {
  const { probability, provenance } = traceAttempts(model, attempts)
  return {
    ...classificationFigures(
      probability,
      attempts.map((attempt) => attempt.correct),
    ),
    provenance,
  }
}

function openModel(saved: SavedModel): Tracer {
  const model = checkInput(TracingModel, contentsOf(saved))
  return {
    model,
    layout: layoutOf(model.method, model.items.length, model.skills.length),
    item: indexOf(model.items),
    skill: indexOf(model.skills),
  }
}

/** What the schema has still to check. */
const contentsOf = (saved: SavedModel) => loadModel(saved, engine, modelVersion) as z.input<typeof TracingModel>

function replay(tracer: Tracer, attempts: readonly Attempt[]): LearnerHistory {
  const history = newHistory()
  for (const attempt of attempts.length > 0 ? checkInput(Attempts, [...attempts], 'attempts') : [])
    answer(tracer, history, attempt)
  return history
}

function difficultyOf({ model, item, skill }: Tracer, question: ItemQuestion): number {
  const { difficulty } = model
  return (
    difficulty.items[item.get(question.item) ?? -1] ??
    difficulty.skills[skill.get(question.skills[0] ?? '') ?? -1] ??
    difficulty.overall
  )
}

function logitOf(
  tracer: Tracer,
  history: LearnerHistory,
  question: ItemQuestion,
  part?: (feature: number, product: number) => void,
): number {
  const { model, layout, item, skill } = tracer
  let logit = 0
  const put: Put = (feature, value) => {
    // As the fit stored it.
    const product = (model.weights[feature] ?? 0) * Math.fround(value)
    logit += product
    part?.(feature, product)
  }
  const skills = skillsOf(skill, question.skills)
  describeAttempt(layout, history, item.get(question.item) ?? -1, skills, difficultyOf(tracer, question), put)
  return logit
}

function answer(tracer: Tracer, history: LearnerHistory, attempt: Attempt): void {
  const skills = skillsOf(tracer.skill, attempt.skills)
  recordAnswer(history, tracer.item.get(attempt.item) ?? -1, skills, difficultyOf(tracer, attempt), attempt.correct)
}

function historyOf(histories: Map<string, LearnerHistory>, learner: string): LearnerHistory {
  const known = histories.get(learner)
  if (known) return known
  const fresh = newHistory()
  histories.set(learner, fresh)
  return fresh
}

/** Each once: a skill named twice, or two that are not known, count as one. */
const skillsOf = (index: ReadonlyMap<string, number>, skills: readonly string[]) => [
  ...new Set(skills.map((skill) => index.get(skill) ?? -1)),
]

/** Numbers names in the order of their first appearance. */
function indexOf(names: readonly string[]): Map<string, number> {
  const index = new Map<string, number>()
  for (const name of names) if (!index.has(name)) index.set(name, index.size)
  return index
}

function penalties(layout: FeatureLayout, settings: z.output<typeof TracingOptions>): Float64Array {
  const { itemRidge, splineRidge, amountRidge } = settings
  const ridge: Record<FeatureGroup, number> = {
    intercept: 0,
    item: itemRidge,
    skill: itemRidge,
    practice: itemRidge,
    amount: amountRidge,
    recent: amountRidge,
    ability: splineRidge,
  }
  const penalty = new Float64Array(layout.size)
  for (const [k, group] of featureGroups.entries()) {
    const next = featureGroups[k + 1]
    penalty.fill(ridge[group], layout.offset[group], next ? layout.offset[next] : layout.size)
  }
  return penalty
}
