import { describe, expect, it } from 'vitest'
import { toCsv } from './csv'

describe('CSV export', () => {
  it('quotes what needs quotes', () => {
    expect(toCsv(['name', 'note'], [['Fern, Fig', 'said "no"']])).toBe(
      '\uFEFFname,note\r\n"Fern, Fig","said ""no"""\r\n',
    )
  })

  it('does not hand formulas to a spreadsheet, and leaves negative numbers alone', () => {
    expect(toCsv(['a'], [['=1+1'], [-4], [null]])).toBe("\uFEFFa\r\n'=1+1\r\n-4\r\n\r\n")
  })
})
