import { z } from 'zod'
import { checkInput, EngineInputError } from '../../contract/index.ts'
import { mean, variance } from '../../numerics/index.ts'

/** A group of an experiment: its values, or what they sum up to. */
export const Sample = z.union([
  z.array(z.number()).min(2).describe('One value per unit'),
  z.object({
    count: z.int().min(2),
    mean: z.number(),
    variance: z.number().min(0).describe('With count - 1 in the denominator'),
  }),
])
export type Sample = z.infer<typeof Sample>

export interface Summary {
  count: number
  mean: number
  variance: number
}

export function summaryOf(sample: Sample, field: string): Summary {
  try {
    const checked = checkInput(Sample, sample, field)
    return Array.isArray(checked)
      ? { count: checked.length, mean: mean(checked), variance: variance(checked) }
      : checked
  } catch (error) {
    if (!(error instanceof EngineInputError) || !Array.isArray(sample)) throw error
    // A union tells only that no branch fits; the values tell which row is wrong.
    checkInput(z.array(z.number()).min(2), [...sample], field)
    throw error
  }
}

export const Confidence = z.number().gt(0.5).lt(1).default(0.95).describe('Confidence level of intervals')

export const Successes = z.object({
  successes: z.int().min(0),
  trials: z.int().min(1),
})
export type Successes = z.infer<typeof Successes>

export function checkSuccesses(group: Successes, field: string): Successes {
  const checked = checkInput(Successes, group, field)
  if (checked.successes > checked.trials)
    throw new EngineInputError('out-of-range', [
      {
        field,
        row: null,
        message: `has more successes (${String(checked.successes)}) than trials (${String(checked.trials)})`,
      },
    ])
  return checked
}

export interface Comparison {
  /** Treatment less control. */
  difference: number
  /** Of the difference, at the confidence level. */
  interval: [low: number, high: number]
  /** Difference as a share of control; null when control is 0. */
  relative: number | null
  statistic: number
  /** Two-sided. */
  pValue: number
}
