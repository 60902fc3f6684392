import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InfeasibleError } from '../../contract/index.ts'
import { checkAssignment } from '../check/check-assignment.ts'
import { assign } from './assign.ts'

const conflictOf = (costs: (number | null)[][]): readonly string[] | null => {
  try {
    assign({ costs })
    return null
  } catch (error) {
    if (error instanceof InfeasibleError) return error.conflict
    throw error
  }
}

describe('an assignment', () => {
  it('is the cheapest one', () => {
    const costs = [
      [4, 1, 3],
      [2, 0, 5],
      [3, 2, 2],
    ]
    expect(assign({ costs })).toMatchObject({ columns: [1, 0, 2], cost: 5 })
    expect(assign({ costs, objective: 'maximise' }).cost).toBe(11)
  })

  it('proves itself by its prices, in rectangles and with forbidden pairs', () => {
    const cell = fc.option(fc.integer({ min: -20, max: 20 }), { freq: 8 })
    const matrix = fc
      .tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 7 }))
      .chain(([rows, columns]) =>
        fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { minLength: rows, maxLength: rows }),
      )
    let solved = 0
    fc.assert(
      fc.property(matrix, fc.constantFrom<('minimise' | 'maximise')[]>('minimise', 'maximise'), (costs, objective) => {
        try {
          expect(checkAssignment({ costs, objective }, assign({ costs, objective }))).toEqual([])
          solved++
        } catch (error) {
          if (!(error instanceof Error && error.name === 'InfeasibleError')) throw error
        }
      }),
      { numRuns: 300 },
    )
    expect(solved).toBeGreaterThan(100)
  })

  it('that cannot be names rows of which none can be left out', () => {
    const cell = fc.option(fc.integer({ min: 0, max: 9 }), { freq: 1 })
    const square = fc.array(fc.array(cell, { minLength: 6, maxLength: 6 }), { minLength: 4, maxLength: 6 })
    let explained = 0
    fc.assert(
      fc.property(square, (costs) => {
        const conflict = conflictOf(costs)
        if (!conflict) return
        explained++
        const rows = conflict.map((name) => Number(name.split(' ')[1]))
        const only = (kept: readonly number[]) => costs.filter((_, i) => kept.includes(i))
        expect(conflictOf(only(rows))).not.toBeNull()
        for (const left of rows) {
          const rest = rows.filter((i) => i !== left)
          if (rest.length > 0) expect(conflictOf(only(rest))).toBeNull()
        }
      }),
      { numRuns: 200 },
    )
    expect(explained).toBeGreaterThan(20)
  })

  it('that cannot be is refused with the row', () => {
    expect(() =>
      assign({
        costs: [
          [1, null],
          [2, null],
        ],
      }),
    ).toThrow('rows 0, 1 may only have columns 0')
    expect(() => assign({ costs: [[1], [2]] }, { signal: AbortSignal.abort(new Error('stopped')) })).toThrow('stopped')
    expect(() => assign({ costs: [[1, 2], [2]] })).toThrow('costs, row 1')
    expect(() => assign({ costs: [[Number.NaN]] })).toThrow('costs')
  })
})
