import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { checkInput, createRandom, EngineInputError, hashOf, loadModel, saveModel, startWork } from './index.ts'

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

describe('random numbers', () => {
  it('are the same for the same seed, and others for another', () => {
    const [a, b, c] = [createRandom(7), createRandom(7), createRandom(8)].map((random) =>
      Array.from({ length: 50 }, () => random.next()),
    )
    expect(a).toEqual(b)
    expect(a).not.toEqual(c)
  })

  it('are uniform and normal', () => {
    const random = createRandom(3)
    const uniform = Array.from({ length: 20_000 }, () => random.next())
    const normal = Array.from({ length: 20_000 }, () => random.normal())

    expect(mean(uniform)).toBeCloseTo(0.5, 1)
    expect(Math.min(...uniform)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...uniform)).toBeLessThan(1)
    expect(Math.abs(mean(normal))).toBeLessThan(0.03)
    expect(mean(normal.map((value) => value * value))).toBeCloseTo(1, 1)
  })

  it('come in independent streams that do not depend on what was drawn before', () => {
    const random = createRandom(5)
    const before = random.fork(1).next()
    random.next()
    expect(random.fork(1).next()).toBe(before)
    expect(random.fork(2).next()).not.toBe(before)
  })

  it('differ between all seeds: large, negative, and those that share their low bits', () => {
    const seeds = [
      0,
      1,
      -1,
      -2,
      2 ** 32,
      2 ** 32 + 1,
      -(2 ** 32),
      2 ** 31,
      -(2 ** 31),
      2 ** 40,
      Number.MAX_SAFE_INTEGER,
    ]
    expect(new Set(seeds.map((seed) => createRandom(seed).next())).size).toBe(seeds.length)
    expect(new Set(seeds.map((seed) => createRandom(seed).fork(3).next())).size).toBe(seeds.length)
  })

  it('of streams, and of streams of streams, are never the same and do not go together', () => {
    const root = createRandom(11)
    const streams = Array.from({ length: 40_000 }, (_, stream) => root.fork(stream))
    const first = streams.map((stream) => stream.next())
    expect(new Set(first).size).toBe(streams.length)
    expect(new Set(streams.slice(0, 1000).flatMap((each) => [each.fork(0).next(), each.fork(1).next()])).size).toBe(
      2000,
    )
    expect(mean(first)).toBeCloseTo(0.5, 2)
    const together = first.slice(1).map((value, i) => (value - 0.5) * ((first[i] ?? 0) - 0.5) * 12)
    expect(Math.abs(mean(together))).toBeLessThan(0.02)
  })

  it('of a stream that is not a number from 0 on are refused', () => {
    expect(() => createRandom(1).fork(-1)).toThrow('stream must be an integer from 0 on')
    expect(() => createRandom(1).fork(0.5)).toThrow('stream must be an integer from 0 on')
  })

  it('shuffle keeps every item', () => {
    const items = createRandom(1).shuffle([...Array.from({ length: 30 }).keys()])
    expect(items.toSorted((a, b) => a - b)).toEqual([...Array.from({ length: 30 }).keys()])
  })

  it('a seed that is not an integer is refused', () => {
    expect(() => createRandom(Number.NaN)).toThrow('seed must be an integer')
  })
})

describe('the hash of inputs', () => {
  it('does not depend on the order of keys, but on values, types and order of rows', () => {
    expect(hashOf({ a: 1, b: [2, 3] })).toBe(hashOf({ b: [2, 3], a: 1, c: undefined }))
    expect(hashOf([1, 2])).not.toBe(hashOf([2, 1]))
    expect(hashOf('1')).not.toBe(hashOf(1))
    expect(hashOf(Float64Array.of(1, 2))).not.toBe(hashOf(Float64Array.of(1, 3)))
    expect(hashOf([[1], [2]])).not.toBe(hashOf([[1, 2], []]))
    expect(hashOf({ a: 1, signal: AbortSignal.abort(), onProgress: () => 1 })).toBe(hashOf({ a: 1 }))
  })
})

describe('a saved model', () => {
  it('is read back, refused by another engine and by an older program, and upgraded step by step', () => {
    const saved = saveModel('table/glm', 2, { weights: [1] })
    expect(loadModel(structuredClone(saved), 'table/glm', 2)).toEqual({ weights: [1] })
    expect(() => loadModel(saved, 'table/boosting', 2)).toThrow('made by table/glm')
    expect(() => loadModel(saved, 'table/glm', 1)).toThrow('Update the program')
    expect(() => loadModel(saved, 'table/glm', 3)).toThrow('Fit it anew')
    expect(loadModel(saved, 'table/glm', 3, { 2: (old) => ({ old }) })).toEqual({ old: { weights: [1] } })
  })
})

describe('work', () => {
  it('ends at its limit, and at once when it is aborted', () => {
    expect(startWork({ maxMillis: 0 }).expired()).toBe(true)
    expect(startWork().expired()).toBe(false)
    expect(() => startWork({ signal: AbortSignal.abort(new Error('stopped')) }).expired()).toThrow('stopped')
  })
})

it('an input error names the field, the row and how many more there are', () => {
  const error = new EngineInputError('not-finite', [
    { field: 'demand', row: 3, message: 'is NaN; leave the value out or fill it' },
    { field: 'demand', row: 9, message: 'is NaN; leave the value out or fill it' },
  ])
  expect(error.message).toBe('demand, row 3: is NaN; leave the value out or fill it (and 1 more)')
})

describe('an input that its schema refuses', () => {
  const schema = z.strictObject({
    rows: z.array(z.strictObject({ price: z.number().min(0) })).min(2),
    days: z.int().default(7),
  })
  const faultOf = (input: z.input<typeof schema>) => {
    try {
      return checkInput(schema, input)
    } catch (error) {
      return error
    }
  }

  it('is told by field and row, with a code', () => {
    expect(faultOf({ rows: [{ price: 1 }, { price: Number.NaN }] })).toMatchObject({
      name: 'EngineInputError',
      code: 'not-finite',
      faults: [{ field: 'price', row: 1 }],
    })
    expect(faultOf({ rows: [{ price: 1 }, { price: -1 }] })).toMatchObject({ code: 'out-of-range' })
    expect(faultOf({ rows: [{ price: 1 }] })).toMatchObject({ code: 'too-few-rows', faults: [{ field: 'rows' }] })
  })

  it('goes by the name of its argument when it has no fields', () => {
    expect(() => checkInput(z.array(z.number()), [1, Number.NaN], 'returns')).toThrow('returns, row 1')
  })

  it('comes out with its defaults when it is right', () => {
    expect(faultOf({ rows: [{ price: 1 }, { price: 2 }] })).toMatchObject({ days: 7 })
  })
})
