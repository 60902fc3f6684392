import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InfeasibleError } from '../../contract/index.ts'
import type { Program } from './program.ts'
import { solveProgram } from './solve-program.ts'

/** The program with only the named demands: rows by their name, bounds as `x >= 0` and `x <= 4`. */
function restricted(program: Program, demands: readonly string[]): Program {
  return {
    variables: program.variables.map((each) => ({
      ...each,
      min: demands.includes(`${each.name} >= ${String(each.min)}`) ? each.min : null,
      max: demands.includes(`${each.name} <= ${String(each.max)}`) ? each.max : null,
    })),
    constraints: program.constraints.filter(({ name }) => demands.includes(name)),
  }
}

const conflictOf = (program: Program): Promise<InfeasibleError | null> =>
  solveProgram(program).then(
    () => null,
    (reason: unknown) => {
      if (reason instanceof InfeasibleError) return reason
      throw reason
    },
  )

describe('the conflict of a program without an answer', () => {
  it.each([false, true])(
    'cannot hold together, and holds without any one of its demands (whole numbers: %s)',
    async (integer) => {
      const factors = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 3, maxLength: 3 })
      const row = fc.record({
        factors,
        bound: fc.integer({ min: -12, max: 12 }),
        kind: fc.constantFrom('min', 'max', 'equal'),
      })
      let explained = 0
      await fc.assert(
        fc.asyncProperty(fc.array(row, { minLength: 2, maxLength: 7 }), async (rows) => {
          const program: Program = {
            variables: ['x', 'y', 'z'].map((name) => ({ name, min: 0, max: 4, integer })),
            constraints: rows.map((each, r) => ({
              name: `row ${String(r)}`,
              terms: each.factors.map((factor, j) => ({ variable: ['x', 'y', 'z'][j] ?? '', factor })),
              min: each.kind === 'max' ? null : each.bound,
              max: each.kind === 'min' ? null : each.bound,
            })),
          }
          const error = await conflictOf(program)
          if (!error) return
          const { conflict } = error
          expect(conflict.length).toBeGreaterThan(0)
          expect(await conflictOf(restricted(program, conflict))).toBeInstanceOf(InfeasibleError)
          if (error.message.includes('perhaps not the smallest')) return
          explained++
          for (const demand of conflict)
            expect(
              await conflictOf(
                restricted(
                  program,
                  conflict.filter((each) => each !== demand),
                ),
              ),
            ).toBeNull()
        }),
        { numRuns: 20 },
      )
      expect(explained).toBeGreaterThan(2)
    },
  )

  it('says that it may not be the smallest when the search for it found no end', async () => {
    // Without the bounds on x and y no solver can tell that 6x - 6y is never 3; with them it only has to try.
    const program: Program = {
      variables: ['x', 'y', 'z'].map((name) => ({ name, min: 0, max: 1000, integer: true })),
      constraints: [
        {
          name: 'odd',
          terms: [
            { variable: 'x', factor: 6 },
            { variable: 'y', factor: -10 },
            { variable: 'z', factor: 15.5 },
          ],
          min: 0.25,
          max: 0.25,
        },
      ],
    }
    const error = await conflictOf(program)
    expect(error?.conflict).toContain('odd')
  })

  it('is cut short by the time limit', async () => {
    const program: Program = {
      variables: Array.from({ length: 400 }, (_, j) => ({ name: `x${String(j)}`, min: 1, max: 2 })),
      constraints: [
        {
          name: 'all',
          terms: Array.from({ length: 400 }, (_, j) => ({ variable: `x${String(j)}`, factor: 1 })),
          max: 399.5,
        },
      ],
    }
    const started = performance.now()
    await expect(solveProgram(program, { maxMillis: 60 })).rejects.toThrow('perhaps not the smallest')
    expect(performance.now() - started).toBeLessThan(1_500)
  })
})
