import { describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { createRandom } from '../../contract/index.ts'
import * as engine from '../index.ts'
import { applyBoosting, evaluateBoosting, fitBoosting } from '../index.ts'

// Seconds on a busy machine; milliseconds else.
vi.setConfig({ testTimeout: 30_000 })

const random = createRandom(21)
const range = (rows: number) => Array.from({ length: rows }, (_, row) => row)
const x = range(600).map(() => random.normal())
/** One row in ten or so. */
const rare = x.map((each) => (each + random.normal() > 1.8 ? 'bad' : 'good'))
const table = { x, z: x.map(() => random.normal()), rare }
const few = { rounds: 30, earlyStopping: false } as const

const binary = (prediction: ReturnType<typeof applyBoosting>) => {
  if (prediction.kind !== 'binary') throw new Error('not binary')
  return prediction
}
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

describe('the options of boosting', () => {
  it('become schemas for tools and interfaces, each with a description', () => {
    const schemas = Object.entries(engine).filter(([name]) => name.endsWith('Options'))
    expect(schemas.length).toBeGreaterThan(7)
    for (const [, schema] of schemas) {
      const json = z.toJSONSchema(z.instanceof(z.ZodType).parse(schema), { io: 'input' })
      for (const [name, property] of Object.entries(json.properties ?? {}))
        if (!['settings', 'earlyStopping', 'model', 'folding'].includes(name))
          expect({ name, ...z.looseObject({}).parse(property) }).toHaveProperty('description')
    }
    expect(z.toJSONSchema(engine.Table)).toHaveProperty('description')
  })

  it('positive: the class whose probability is told', () => {
    const [good, bad] = ['good', 'bad'].map((positive) =>
      binary(applyBoosting(fitBoosting(table, { target: 'rare', positive, ...few }), table)),
    )
    expect([good!.positive, bad!.positive]).toEqual(['good', 'bad'])
    // Not to the last digit: rounding decides between splits that are equally good.
    good!.probability.forEach((p, row) => expect(p).toBeCloseTo(1 - bad!.probability[row]!, 2))
    expect(() => fitBoosting(table, { target: 'rare', positive: 'ugly' })).toThrow('"ugly" is not a class')
  })

  it('classWeights: balanced classes weigh the same, so that the rare one is expected as often', () => {
    const meanOf = (classWeights?: 'balanced' | Record<string, number>) => {
      const model = fitBoosting(table, {
        target: 'rare',
        positive: 'bad',
        ...few,
        ...(classWeights && { classWeights }),
      })
      return mean(binary(applyBoosting(model, table)).probability)
    }
    const share = mean(rare.map((each) => (each === 'bad' ? 1 : 0)))
    expect(meanOf()).toBeCloseTo(share, 1)
    expect(meanOf('balanced')).toBeGreaterThan(2 * share)
    expect(meanOf({ bad: 1, good: 1 })).toBeCloseTo(meanOf(), 9)
    expect(() => meanOf({ ugly: 2 })).toThrow('"ugly" is not a class')
    expect(() => fitBoosting(table, { target: 'x', classWeights: 'balanced' })).toThrow('the target is numeric')
  })

  it('threshold: the one with the best F1 in cross-validation finds more of a rare class than a half', () => {
    const options = { target: 'rare', positive: 'bad', rounds: 80 } as const
    const f1 = (threshold: 0.5 | 'f1') => {
      const scores = evaluateBoosting(fitBoosting(table, { ...options, threshold }), table)
      return scores.kind === 'classes' ? scores.binary! : null
    }
    const [half, best] = [f1(0.5)!, f1('f1')!]
    expect(best.threshold).toBeLessThan(0.5)
    expect(best.recall!).toBeGreaterThan(half.recall!)
    expect(best.rocAuc).toBe(half.rocAuc)
  })

  it('tune: settings that are fixed stay, the loss out of fold does not get worse', () => {
    const y = x.map((each) => Math.sin(2 * each) + random.normal())
    const options = { target: 'y', rounds: 60, earlyStopping: { patience: 5, folds: 2 } } as const
    const plain = fitBoosting({ x, y }, { ...options, settings: { learningRate: 0.1 } })
    const tuned = fitBoosting({ x, y }, { ...options, tune: true, settings: { learningRate: 0.1, depth: 3 } })
    expect(tuned.settings).toMatchObject({ depth: 3, learningRate: 0.1 })
    expect(tuned.validation.loss!).toBeLessThanOrEqual(plain.validation.loss! * 1.01)
  })

  it('earlyStopping by group: a feature that only names the group does not buy rounds', () => {
    const who = range(600).map((row) => row % 20)
    const y = who.map((each) => ((each * 7919) % 13) + random.normal())
    const rounds = (group: boolean) =>
      fitBoosting(
        { id: who, who: who.map(String), y },
        { target: 'y', features: ['id'], rounds: 100, earlyStopping: { patience: 10, ...(group && { group: 'who' }) } },
      ).validation.rounds
    expect(rounds(true)).toBeLessThan(rounds(false) / 4)
  })

  it('earlyStopping by time: folds end where the column says', () => {
    const day = range(600)
    const { validation, features } = fitBoosting(
      { x, day, y: x },
      { target: 'y', rounds: 20, earlyStopping: { time: 'day' } },
    )
    expect(validation).toMatchObject({ method: 'folds', rounds: 20 })
    expect(features.map(({ name }) => name)).toEqual(['x'])
  })

  it('settings: a tree has no more leaves, and no deeper ones, than told', () => {
    const y = x.map((each, row) => each * table.z[row]!)
    const [stumps, deep] = [{ leaves: 2 }, { leaves: 64, depth: 2, minRows: 1 }].map((settings) =>
      fitBoosting({ ...table, y }, { target: 'y', features: ['x', 'z'], ...few, settings }),
    )
    for (const tree of stumps!.trees) expect(tree.features.length).toBeLessThanOrEqual(3)
    for (const tree of deep!.trees) expect(tree.features.length).toBeLessThanOrEqual(7)
    const covers = fitBoosting({ ...table, y }, { target: 'y', ...few, settings: { minRows: 50 } }).trees[0]!.covers
    expect(Math.min(...covers)).toBeGreaterThanOrEqual(50)
    const still = fitBoosting({ ...table, y }, { target: 'y', ...few, settings: { minGain: 1e9 } })
    expect(still.trees[0]!.features).toHaveLength(1)
  })
})
