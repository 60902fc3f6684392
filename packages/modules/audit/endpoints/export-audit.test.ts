import fc from 'fast-check'
import { csvLine } from '@guildhall/kernel'
import Papa from 'papaparse'
import { expect, test } from 'vitest'

test('every cell comes back from another reader, with an apostrophe where it could be a formula', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 2, maxLength: 5 }), (cells) => {
      const [row = []] = Papa.parse<string[]>(csvLine(cells), { newline: '\r\n' }).data
      expect(row.map((cell, column) => (cell === cells[column] ? cell : cell.replace(/^'/, '')))).toEqual(cells)
    }),
  )
})

test('no cell begins like a formula', () => {
  for (const start of ['=', '+', '-', '@', '\t', '\r', '|', '%'])
    expect(Papa.parse<string[]>(csvLine([`${start}1+1`])).data[0]?.[0]?.[0]).toBe("'")
})
