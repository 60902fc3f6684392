import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cellOf, csvLine, readCsv, valueOf } from './csv.ts'

const text = { type: 'string' } as const

describe('a CSV cell', () => {
  it.each(['=1+1', '+49 30 1234', '-5 degrees', '@sum', '\tx', '\rx', "'=x", "''=x"])(
    '%j is not run as a formula and comes back as it was',
    (value) => {
      const cell = cellOf(value)
      expect(cell).toMatch(/^'/)
      expect(valueOf(cell, text)).toBe(value)
    },
  )

  it('that is a number stays one, also below zero', () => {
    expect(cellOf(-5)).toBe('-5')
    expect(valueOf('-5', { type: 'number' })).toBe(-5)
  })

  it.each([
    ['1234.5', 1234.5],
    ['1,234,567.5', 1_234_567.5],
    ['$1,200', 1200],
    ['12 %', 12],
    [' 7 ', 7],
    ['1e3', 1000],
    ['12,5', '12,5'],
    ['abc', 'abc'],
    ['Infinity', 'Infinity'],
    ['', undefined],
  ])('%j is read as the number %j', (cell, value) => {
    expect(valueOf(cell, { type: 'number' })).toBe(value)
  })

  it.each([
    ['TRUE', true],
    ['no', false],
    ['1', true],
    ['maybe', 'maybe'],
  ])('%j is read as the truth value %j', (cell, value) => {
    expect(valueOf(cell, { type: 'boolean' })).toBe(value)
  })

  it('of a list is JSON or separated by semicolons', () => {
    const list = { type: 'array' } as const
    expect(valueOf('["a","b; c"]', list)).toEqual(['a', 'b; c'])
    expect(valueOf('a; b ;', list)).toEqual(['a', 'b'])
    expect(valueOf('{"a":1}', { type: 'object' })).toEqual({ a: 1 })
    expect(valueOf('{broken', { type: 'object' })).toBe('{broken')
  })
})

describe('a CSV file', () => {
  it('is read with any of the usual separators, with or without byte order mark', () => {
    for (const content of ['a,b\r\n1,2\r\n', 'a;b\n1;2', '\uFEFFa\tb\n1\t2\n'])
      expect(readCsv(content)).toEqual({ headings: ['a', 'b'], rows: [['1', '2']] })
  })

  it.each([
    ['', 'no heading row'],
    ['a,a\n1,2', 'two columns named a'],
    ['a,b\n"x,2\n', 'row 1'],
  ])('%j is refused: %s', (content, message) => {
    expect(() => readCsv(content)).toThrow(
      expect.objectContaining({
        status: 400,
        errors: [expect.objectContaining({ field: 'content', message: expect.stringContaining(message) })],
      }),
    )
  })

  it('comes back cell for cell, whatever the text holds', () => {
    const cell = fc
      .string({ unit: 'binary', minLength: 1 })
      .filter((value) => value.isWellFormed() && value.trim() !== '' && !value.includes('\0'))
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 5 }), (rows) => {
        const content = csvLine(['first', 'second']) + rows.map((row) => csvLine(row.map(cellOf))).join('')
        const read = readCsv(content).rows.map((row) => row.map((value) => valueOf(value, text)))
        expect(read).toEqual(rows)
      }),
      { numRuns: 60 },
    )
  }, 30_000)
})
