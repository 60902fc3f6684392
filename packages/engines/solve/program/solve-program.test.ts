import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom, InfeasibleError } from '../../contract/index.ts'
import { checkProgram } from '../check/check-program.ts'
import { buildProgram, type Program } from './program.ts'
import { solveProgram } from './solve-program.ts'

describe('a program', () => {
  it('is solved with its duals (Wyndor Glass, Hillier & Lieberman, chapter 3)', async () => {
    const model = buildProgram('maximise')
    const doors = model.variable('doors', { cost: 3 })
    const windows = model.variable('windows', { cost: 5 })
    model.constraint('plant 1', [[1, doors]], { max: 4 })
    model.constraint('plant 2', [[2, windows]], { max: 12 })
    model.constraint(
      'plant 3',
      [
        [3, doors],
        [2, windows],
      ],
      { max: 18 },
    )
    const solution = await solveProgram(model.program)
    expect(solution).toMatchObject({
      status: 'optimal',
      objective: 36,
      values: { doors: 2, windows: 6 },
      bound: 36,
      gap: 0,
    })
    expect(solution.duals?.['plant 2']).toBeCloseTo(1.5, 9)
    expect(solution.duals?.['plant 3']).toBeCloseTo(1, 9)
    expect(checkProgram(model.program, solution)).toEqual([])
  })

  it('keeps to whole numbers', async () => {
    const model = buildProgram('maximise')
    const x = model.variable('x', { cost: 5, integer: true })
    const y = model.variable('y', { cost: 4, integer: true })
    model.constraint(
      'a',
      [
        [6, x],
        [4, y],
      ],
      { max: 24 },
    )
    model.constraint(
      'b',
      [
        [1, x],
        [2, y],
      ],
      { max: 6 },
    )
    const solution = await solveProgram(model.program)
    expect(solution.values).toEqual({ x: 4, y: 0 })
    expect(solution.duals).toBeNull()
  })

  it('may be quadratic: the least variance of two assets has a closed form', async () => {
    const [s, t, c] = [0.04, 0.09, 0.01]
    const model = buildProgram()
    const a = model.variable('a')
    const b = model.variable('b')
    model.constraint(
      'all',
      [
        [1, a],
        [1, b],
      ],
      { equal: 1 },
    )
    model.quadratic(s, a, a)
    model.quadratic(t, b, b)
    model.quadratic(2 * c, a, b)
    const solution = await solveProgram(model.program)
    expect(solution.values['a']).toBeCloseTo((t - c) / (s + t - 2 * c), 6)
    expect(checkProgram(model.program, solution)).toEqual([])
  })

  it('without an answer names the smallest set of demands that cannot hold together', async () => {
    const model = buildProgram()
    const x = model.variable('x', { max: 3 })
    const y = model.variable('y', { max: 100 })
    model.constraint(
      'harmless',
      [
        [1, x],
        [1, y],
      ],
      { max: 1000 },
    )
    model.constraint('needs 5', [[1, x]], { min: 5 })
    model.constraint('other', [[1, y]], { min: 2 })
    const error: unknown = await solveProgram(model.program).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(InfeasibleError)
    expect(error instanceof InfeasibleError && error.conflict).toEqual(['needs 5', 'x <= 3'])
  })

  it('has the same answer in any unit', async () => {
    for (const unit of [1e-12, 1e-6, 1, 1e6, 1e12]) {
      const model = buildProgram('maximise')
      const x = model.variable('x', { cost: 3 / unit, max: 4 * unit })
      const y = model.variable('y', { cost: 5 / unit })
      model.constraint(
        'sum',
        [
          [2 * unit, x],
          [3 * unit, y],
        ],
        { max: 12 * unit ** 2 },
      )
      const { objective, values, duals, activities } = await solveProgram(model.program)
      expect(objective).toBeCloseTo(20, 6)
      expect((values['y'] ?? 0) / unit).toBeCloseTo(4, 6)
      expect((duals?.['sum'] ?? 0) * unit ** 2).toBeCloseTo(5 / 3, 6)
      expect((activities['sum'] ?? 0) / unit ** 2).toBeCloseTo(12, 6)
    }
  })

  it('with a flat quadratic objective is not bent by the solver', async () => {
    const model = buildProgram()
    const x = model.variable('x', { cost: -0.01 })
    model.quadratic(0.5e-8, x, x)
    const { objective, values } = await solveProgram(model.program)
    expect((values['x'] ?? 0) / 1e6).toBeCloseTo(1, 5)
    expect(objective).toBeCloseTo(-5_000, 2)
  })

  it('meets the conditions of Karush, Kuhn and Tucker when it is quadratic', async () => {
    const random = createRandom(8)
    for (let round = 0; round < 25; round++) {
      const model = buildProgram()
      const size = 4
      const list = Array.from({ length: size }, (_, j) =>
        model.variable(`x${String(j)}`, { min: -5, max: 5, cost: random.normal() }),
      )
      // Q = L L' of rank 3: flat in one direction.
      const factor = Array.from({ length: size }, () => [random.normal(), random.normal(), random.normal()])
      const product = (a: number, b: number) =>
        (factor[a] ?? []).reduce((sum, each, k) => sum + each * (factor[b]?.[k] ?? 0), 0)
      const bend = list.map((_, a) => list.map((__, b) => product(a, b)))
      for (const [a, first] of list.entries())
        for (const [b, second] of list.entries())
          if (b >= a) model.quadratic((bend[a]?.[b] ?? 0) / (a === b ? 2 : 1), first, second)
      model.constraint(
        'sum',
        list.map((each) => [1, each]),
        { equal: 2 },
      )
      const solution = await solveProgram(model.program)
      expect(checkProgram(model.program, solution)).toEqual([])
      const x = list.map(({ name }) => solution.values[name] ?? 0)
      for (const a of list.keys()) {
        const gradient =
          (model.program.variables[a]?.cost ?? 0) + x.reduce((sum, each, b) => sum + (bend[a]?.[b] ?? 0) * each, 0)
        const slope = gradient - (solution.duals?.['sum'] ?? 0)
        if (Math.abs(x[a] ?? 0) < 5 - 1e-6) expect(Math.abs(slope)).toBeLessThan(1e-5)
        else expect(slope * Math.sign(x[a] ?? 0)).toBeLessThan(1e-5)
      }
    }
  })

  it('that is badly put is refused by name', async () => {
    const x = { name: 'x' }
    const refused: [Program, string][] = [
      [{ variables: [x, x], constraints: [] }, 'variables.name, row 1'],
      [{ variables: [{ name: 'x', min: 4, max: 3 }], constraints: [] }, 'variables.min, row 0'],
      [
        { variables: [x], constraints: [{ name: 'c', terms: [{ variable: 'z', factor: 1 }] }] },
        'there is no variable z',
      ],
      [{ objective: 'maximise', variables: [{ name: 'x', cost: 1 }], constraints: [] }, 'no finite optimum'],
      [{ variables: [x], constraints: [], quadratic: [{ first: 'x', second: 'x', factor: -1 }] }, 'must be convex'],
      [
        { variables: [x, { name: 'y' }], constraints: [], quadratic: [{ first: 'x', second: 'y', factor: 1 }] },
        'must be convex',
      ],
      [{ variables: [{ name: 'x', cost: Number.NaN }], constraints: [] }, 'cost'],
      [
        {
          variables: [{ name: 'x', min: null, cost: 1 }, { name: 'y' }],
          constraints: [],
          quadratic: [{ first: 'y', second: 'y', factor: 1 }],
        },
        'no finite optimum',
      ],
      [
        {
          variables: [{ name: 'x', integer: true, max: 9 }],
          constraints: [],
          quadratic: [{ first: 'x', second: 'x', factor: 1 }],
        },
        'quadratic',
      ],
      [{ variables: [{ name: 'x', min: 1e25 }], constraints: [] }, 'variables.min, row 0'],
      [
        {
          variables: [x, { name: 'y' }],
          constraints: [
            {
              name: 'c',
              terms: [
                { variable: 'x', factor: 1 },
                { variable: 'y', factor: 1e-10 },
              ],
            },
          ],
        },
        'constraints.terms, row 0: the factor of y',
      ],
      [{ variables: [], constraints: [] }, 'variables'],
    ]
    for (const [program, message] of refused) await expect(solveProgram(program)).rejects.toThrow(message)
    await expect(
      solveProgram({ variables: [x], constraints: [] }, { signal: AbortSignal.abort(new Error('stopped')) }),
    ).rejects.toThrow('stopped')
  })

  it('has an answer that is feasible and as good as the best of all whole points', async () => {
    const row = fc.record({
      a: fc.integer({ min: -4, max: 6 }),
      b: fc.integer({ min: -4, max: 6 }),
      max: fc.integer({ min: 0, max: 20 }),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: -5, max: 5 }),
        fc.integer({ min: -5, max: 5 }),
        async (rows, p, q) => {
          const model = buildProgram('maximise')
          const x = model.variable('x', { max: 7, integer: true, cost: p })
          const y = model.variable('y', { max: 7, integer: true, cost: q })
          for (const [i, { a, b, max }] of rows.entries())
            model.constraint(
              `c${String(i)}`,
              [
                [a, x],
                [b, y],
              ],
              { max },
            )
          const solution = await solveProgram(model.program)
          let best = -Infinity
          for (let i = 0; i <= 7; i++)
            for (let j = 0; j <= 7; j++)
              if (rows.every(({ a, b, max }) => a * i + b * j <= max)) best = Math.max(best, p * i + q * j)
          expect(solution.objective).toBeCloseTo(best, 6)
          expect(checkProgram(model.program, solution)).toEqual([])
        },
      ),
      { numRuns: 40 },
    )
  })
})
