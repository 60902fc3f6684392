import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../contract/index.ts'
import { measureDrift } from '../index.ts'

const random = createRandom(9)
const normals = (rows: number, shift: number) => Array.from({ length: rows }, () => random.normal() + shift)

const column = (a: number, b: number) => [...Array<string>(a).fill('a'), ...Array<string>(b).fill('b')]

describe('drift', () => {
  it('a category that is called like the bin of missing values is not one of them', () => {
    const { columns } = measureDrift({ c: ['(missing)', null, 'a', 'a'] }, { c: ['(missing)', 'a', 'a', 'a'] })
    expect(
      columns[0]!.bins.filter(({ name }) => name === '(missing)').map(({ before, after }) => [before, after]),
    ).toEqual([
      [0.25, 0.25],
      [0.25, 0],
    ])
  })

  it('is the population stability index, by hand', () => {
    const { columns } = measureDrift({ c: column(50, 50) }, { c: column(80, 20) })
    expect(columns[0]!.psi).toBeCloseTo(0.3 * Math.log(0.8 / 0.5) - 0.3 * Math.log(0.2 / 0.5), 12)
    expect(columns[0]!.level).toBe('major')
  })

  it('puts a shifted column before one that stayed', () => {
    const { columns } = measureDrift(
      { same: normals(2000, 0), moved: normals(2000, 0) },
      { same: normals(2000, 0), moved: normals(2000, 0.8) },
    )
    expect(columns.map(({ column, level }) => [column, level])).toEqual([
      ['moved', 'major'],
      ['same', 'stable'],
    ])
    for (const { bins } of columns) expect(bins.reduce((sum, { after }) => sum + after, 0)).toBeCloseTo(1, 9)
  })

  it('sees new categories and values that went missing', () => {
    const before = { c: Array.from({ length: 200 }, (_, row) => `k${String(row % 2)}`), x: normals(200, 0) }
    const after = {
      c: before.c.map((each, row) => (row < 50 ? 'new' : each)),
      x: before.x.map((each, row) => (row < 80 ? null : each)),
    }
    const { columns } = measureDrift(before, after)
    expect(columns.find(({ column }) => column === 'c')!.newCategories).toEqual(['new'])
    expect(columns.find(({ column }) => column === 'x')!.bins.at(-1)).toMatchObject({
      name: '(missing)',
      before: 0,
      after: 0.4,
    })
    expect(columns.every(({ level }) => level === 'major')).toBe(true)
  })

  it('is never negative, and nothing between a table and itself', () => {
    const values = fc.array(fc.option(fc.integer({ min: -5, max: 5 }), { freq: 5 }), { minLength: 1, maxLength: 50 })
    fc.assert(
      fc.property(values, values, (a, b) => {
        expect(measureDrift({ x: a }, { x: a }).columns[0]!.psi).toBe(0)
        expect(measureDrift({ x: a }, { x: b }).columns[0]!.psi).toBeGreaterThanOrEqual(0)
      }),
    )
  })

  it('compares the columns and bins asked for', () => {
    const [before, after] = [normals(400, 0), normals(400, 1)]
    const { columns } = measureDrift({ x: before, y: before }, { x: after, y: after }, { columns: ['y'], bins: 4 })
    expect(columns).toHaveLength(1)
    expect(columns[0]!.bins).toHaveLength(5)
    for (const { before: share } of columns[0]!.bins.slice(0, 4)) expect(share).toBeCloseTo(0.25, 2)
  })

  it('refuses columns that are absent or of another kind', () => {
    expect(() => measureDrift({ x: [1] }, { y: [1] })).toThrow('x: is not a column')
    expect(() => measureDrift({ x: [1] }, { x: ['a'] })).toThrow('is text in one table')
  })
})
