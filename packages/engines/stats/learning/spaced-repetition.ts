import { z } from 'zod'
import { checkInput, provenanceOf, type Provenance } from '../../contract/index.ts'

/**
 * When to repeat what was learned: the FSRS-6 memory model (Ye, Su & Cao 2022, A Stochastic Shortest Path Algorithm for
 * Optimizing Spaced Repetition Scheduling; equations and default weights of its version 6).
 */
export const Rating = z
  .enum(['again', 'hard', 'good', 'easy'])
  .describe('How well it was remembered; `again` is forgotten')
export type Rating = z.infer<typeof Rating>

export const Memory = z.object({
  stability: z.number().positive().describe('Days after which it is remembered with a chance of 90 %'),
  difficulty: z.number().min(1).max(10),
})
export type Memory = z.infer<typeof Memory>

export const Review = z.object({
  rating: Rating,
  days: z.number().min(0).describe('Days since the review before; 0 for the first'),
})
export type Review = z.infer<typeof Review>

const Weights = z
  .array(z.number())
  .length(21)
  .refine(
    (w) => [0, 1, 2, 3, 20].every((k) => (w[k] ?? 0) > 0),
    'the first four (stabilities) and the last (decay) are above 0',
  )
  .describe('Weights of FSRS-6, when fitted to own reviews')

export const SpacingOptions = z.object({
  retention: z.number().min(0.5).max(0.99).default(0.9).describe('Chance of remembering at which it is repeated'),
  longestDays: z.int().min(1).default(36_500),
  weights: Weights.optional(),
})

const defaultWeights = [
  0.212, 1.2931, 2.3065, 8.2956, 6.4133, 0.8334, 3.0194, 0.001, 1.8722, 0.1666, 0.796, 1.4835, 0.0614, 0.2629, 1.6483,
  0.6014, 1.8729, 0.5425, 0.0912, 0.0658, 0.1542,
]
const grades: Record<Rating, number> = { again: 1, hard: 2, good: 3, easy: 4 }
const leastStability = 0.001

/** Chance of remembering after so many days. */
export function retrievability(memory: Memory, days: number, weights: readonly number[] = defaultWeights): number {
  const { stability } = checkInput(Memory, memory, 'memory')
  return forgettingCurve(stability, checkInput(z.number().min(0), days, 'days'), checkInput(Weights, [...weights]))
}

/**
 * The memory after reviews, and when to come back.
 * @param reviews of one thing, oldest first
 */
export function scheduleReview(
  reviews: readonly Review[],
  options: z.input<typeof SpacingOptions> = {},
): { memory: Memory; nextDays: number; provenance: Provenance } {
  const [first, ...later] = checkInput(z.array(Review).min(1), [...reviews], 'reviews')
  const { retention, longestDays, weights: w = defaultWeights } = checkInput(SpacingOptions, options)
  const start = grades[first?.rating ?? 'good']
  let memory: Memory = {
    stability: Math.max(leastStability, w[start - 1] ?? 0),
    difficulty: clampDifficulty(initialDifficulty(w, start)),
  }
  for (const { rating, days } of later) memory = afterReview(memory, grades[rating], days, w)
  const decay = -(w[20] ?? 0)
  const factor = 0.9 ** (1 / decay) - 1
  const exact = (memory.stability / factor) * (retention ** (1 / decay) - 1)
  return {
    memory,
    nextDays: Math.min(longestDays, Math.max(1, Math.round(exact))),
    provenance: provenanceOf('stats/spaced-repetition', '6', 1, [reviews, options]),
  }
}

/** (1 + factor * t / S)^-w20, with the factor that makes it 90 % at t = S. */
function forgettingCurve(stability: number, days: number, w: readonly number[]): number {
  const decay = -(w[20] ?? 0)
  const factor = 0.9 ** (1 / decay) - 1
  return (1 + (factor * days) / stability) ** decay
}

function afterReview({ stability, difficulty }: Memory, grade: number, days: number, w: readonly number[]): Memory {
  const next =
    days < 1
      ? sameDay(stability, grade, w)
      : grade === 1
        ? forgotten(stability, difficulty, forgettingCurve(stability, days, w), w)
        : remembered(stability, difficulty, grade, forgettingCurve(stability, days, w), w)
  return { stability: Math.max(leastStability, next), difficulty: nextDifficulty(difficulty, grade, w) }
}

function sameDay(stability: number, grade: number, w: readonly number[]): number {
  const growth = Math.exp((w[17] ?? 0) * (grade - 3 + (w[18] ?? 0))) * stability ** -(w[19] ?? 0)
  return stability * (grade >= 3 ? Math.max(1, growth) : growth)
}

function remembered(
  stability: number,
  difficulty: number,
  grade: number,
  chance: number,
  w: readonly number[],
): number {
  const growth =
    Math.exp(w[8] ?? 0) * (11 - difficulty) * stability ** -(w[9] ?? 0) * Math.expm1((1 - chance) * (w[10] ?? 0))
  return stability * (1 + growth * (grade === 2 ? (w[15] ?? 1) : 1) * (grade === 4 ? (w[16] ?? 1) : 1))
}

function forgotten(stability: number, difficulty: number, chance: number, w: readonly number[]): number {
  const long =
    (w[11] ?? 0) *
    difficulty ** -(w[12] ?? 0) *
    ((stability + 1) ** (w[13] ?? 0) - 1) *
    Math.exp((1 - chance) * (w[14] ?? 0))
  return Math.min(long, stability / Math.exp((w[17] ?? 0) * (w[18] ?? 0)))
}

const initialDifficulty = (w: readonly number[], grade: number) => (w[4] ?? 0) - Math.exp((w[5] ?? 0) * (grade - 1)) + 1

const clampDifficulty = (difficulty: number) => Math.min(10, Math.max(1, difficulty))

/** Changes less near 10, and is drawn a little towards that of an easy start. */
function nextDifficulty(difficulty: number, grade: number, w: readonly number[]): number {
  const moved = difficulty - ((w[6] ?? 0) * (grade - 3) * (10 - difficulty)) / 9
  const pull = w[7] ?? 0
  return clampDifficulty(pull * initialDifficulty(w, 4) + (1 - pull) * moved)
}
