import { z } from 'zod'
import {
  checkInput,
  EngineInputError,
  loadModel,
  provenanceOf,
  saveModel,
  startWork,
  type Provenance,
  type SavedModel,
  type Warning,
  type WorkOptions,
} from '../../contract/index.ts'
import { logLoss, minimiseSmooth, normalDensity } from '../../numerics/index.ts'

const engine = 'stats/item-response'
const modelVersion = 1

export const ItemResponses = z.object({
  items: z.array(z.string().min(1)).min(2),
  responses: z
    .array(z.array(z.union([z.literal(0), z.literal(1), z.null()])))
    .min(10)
    .describe('`[learner][item]`: 1 right, 0 wrong, null not asked'),
})
export type ItemResponses = z.infer<typeof ItemResponses>

export const ItemResponseOptions = z.object({
  model: z
    .enum(['1pl', '2pl'])
    .default('2pl')
    .describe('1pl: all items discriminate alike (Rasch 1960); 2pl: each in its own way (Birnbaum 1968)'),
})

export const CalibratedItem = z.object({
  item: z.string(),
  discrimination: z
    .number()
    .describe('Slope: how sharply the item tells learners below its difficulty from those above'),
  difficulty: z
    .number()
    .describe('Ability at which half of the answers are right; abilities have mean 0 and variance 1'),
})
export type CalibratedItem = z.infer<typeof CalibratedItem>

export const ItemResponseModel = z.object({ items: z.array(CalibratedItem).min(1), logLikelihood: z.number() })
export type ItemResponseModel = z.infer<typeof ItemResponseModel>

interface Population {
  ability: Float64Array
  /** Log of the share of the population at each. */
  logShare: Float64Array
}

/** A standard normal population on an even grid, finer than what a test of so many items can tell apart. */
function populationFor(items: number): Population {
  const points = Math.max(61, Math.ceil(6 * Math.sqrt(items)))
  const ability = Float64Array.from({ length: points }, (_, k) => -6 + (12 * k) / (points - 1))
  return { ability, logShare: ability.map((theta) => Math.log((normalDensity(theta) * 12) / (points - 1))) }
}

/**
 * Calibrates items by marginal maximum likelihood over a standard normal population (Bock & Aitkin 1981).
 * @throws EngineInputError when an item was answered the same by everybody: nothing can be said about it
 */
export function fitItemResponse(
  data: ItemResponses,
  options: z.input<typeof ItemResponseOptions> & WorkOptions = {},
): { model: SavedModel<ItemResponseModel>; fitted: ItemResponseModel; provenance: Provenance } {
  const { items, responses } = checkInput(ItemResponses, data, 'data')
  const { model: kind } = checkInput(ItemResponseOptions, { model: options.model })
  const work = startWork(options)
  const patterns = patternsOf(items, responses)
  const n = items.length
  // Intercepts first, then slopes: one for all, or one per item.
  const slopes = kind === '1pl' ? 1 : n
  const start = new Float64Array(n + slopes).fill(1, n)
  const population = populationFor(n)
  const objective = (x: Float64Array, gradient: Float64Array) => marginal(patterns, population, n, slopes, x, gradient)
  const found = minimiseSmooth(objective, start, { tolerance: 1e-13, maxIterations: 1000, work })
  // Turning all slopes around turns abilities around and changes nothing else: most items tell able learners as such.
  const turn = found.x.subarray(n).reduce((sum, slope) => sum + slope, 0) < 0 ? -1 : 1
  const fitted: ItemResponseModel = {
    items: items.map((item, j) => {
      const slope = turn * (found.x[n + (slopes === 1 ? 0 : j)] ?? 1)
      return { item, discrimination: slope, difficulty: -(found.x[j] ?? 0) / slope }
    }),
    logLikelihood: -found.value,
  }
  const warnings: Warning[] = found.converged
    ? []
    : [{ code: 'not-converged', message: 'The fit ended before it was exact; give it more time.' }]
  for (const { item, discrimination } of fitted.items)
    if (discrimination <= 0.1)
      warnings.push({ code: 'weak-item', message: `${item} hardly tells able learners from others; look at its key.` })
  return {
    model: saveModel(engine, modelVersion, fitted),
    fitted,
    provenance: provenanceOf(engine, '1', options.seed ?? 1, [data, kind], warnings),
  }
}

/** The items of a saved model. */
export function calibratedItems(saved: SavedModel): CalibratedItem[] {
  return checkInput(ItemResponseModel, contentsOf(saved)).items
}

/** What the schema has still to check. */
const contentsOf = (saved: SavedModel) => loadModel(saved, engine, modelVersion) as ItemResponseModel

interface Pattern {
  answers: readonly (0 | 1 | null)[]
  count: number
}

/** Learners who answered alike count together. */
function patternsOf(items: readonly string[], responses: ItemResponses['responses']): Pattern[] {
  const patterns = new Map<string, Pattern>()
  const right = items.map(() => 0)
  const wrong = items.map(() => 0)
  for (const [row, answers] of responses.entries()) {
    if (answers.length !== items.length)
      throw new EngineInputError('wrong-length', [
        { field: 'responses', row, message: `has ${String(answers.length)} answers for ${String(items.length)} items` },
      ])
    for (const [j, answer] of answers.entries()) {
      if (answer === 1) right[j] = (right[j] ?? 0) + 1
      if (answer === 0) wrong[j] = (wrong[j] ?? 0) + 1
    }
    const key = answers.map((answer) => answer ?? '-').join('')
    const known = patterns.get(key)
    if (known) known.count++
    else patterns.set(key, { answers, count: 1 })
  }
  const constant = items.flatMap((item, j) => (right[j] === 0 || wrong[j] === 0 ? [item] : []))
  if (constant.length > 0)
    throw new EngineInputError(
      'constant',
      constant.map((item) => ({ field: item, row: null, message: 'was answered the same by everybody; leave it out' })),
    )
  return [...patterns.values()]
}

/** Negative log likelihood; its gradient is that of the complete data at the posterior of each pattern (Fisher's identity). */
function marginal(
  patterns: readonly Pattern[],
  { ability, logShare }: Population,
  n: number,
  slopes: number,
  x: Float64Array,
  gradient: Float64Array,
): number {
  gradient.fill(0)
  const points = ability.length
  const chance = new Float64Array(n * points)
  const logRight = new Float64Array(n * points)
  const logWrong = new Float64Array(n * points)
  for (let j = 0; j < n; j++)
    for (let k = 0; k < points; k++) {
      const z = (x[n + (slopes === 1 ? 0 : j)] ?? 1) * (ability[k] ?? 0) + (x[j] ?? 0)
      const log = -logLoss(z, 1)
      chance[j * points + k] = Math.exp(log)
      logRight[j * points + k] = log
      logWrong[j * points + k] = log - z
    }
  const weight = new Float64Array(points)
  let loss = 0
  for (const { answers, count } of patterns) {
    let top = -Infinity
    for (let k = 0; k < points; k++) {
      let log = logShare[k] ?? 0
      for (let j = 0; j < n; j++) {
        const answer = answers[j]
        if (answer === 1) log += logRight[j * points + k] ?? 0
        else if (answer === 0) log += logWrong[j * points + k] ?? 0
      }
      weight[k] = log
      top = Math.max(top, log)
    }
    // The chance of any one pattern of a long test is too small for a number.
    let total = 0
    for (let k = 0; k < points; k++) {
      weight[k] = Math.exp((weight[k] ?? 0) - top)
      total += weight[k] ?? 0
    }
    loss -= count * (top + Math.log(total))
    for (let k = 0; k < points; k++) {
      const share = (count * (weight[k] ?? 0)) / total
      for (let j = 0; j < n; j++) {
        const answer = answers[j]
        if (answer !== 0 && answer !== 1) continue
        const error = share * ((chance[j * points + k] ?? 0) - answer)
        gradient[j] = (gradient[j] ?? 0) + error
        const slope = n + (slopes === 1 ? 0 : j)
        gradient[slope] = (gradient[slope] ?? 0) + error * (ability[k] ?? 0)
      }
    }
  }
  return loss
}
