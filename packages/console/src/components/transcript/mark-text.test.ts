import { describe, expect, it } from 'vitest'
import { findWords, markText } from './mark-text'

describe('marks in a text', () => {
  const text = 'Thursday at ten works for me.'

  it('cut it without losing a character', () => {
    const parts = markText(text, [
      { start: 0, end: 15, kind: 'evidence' },
      { start: 12, end: 21, kind: 'found' },
      { start: 12, end: 99, kind: 'evidence' },
    ])
    expect(parts.map((part) => part.text).join('')).toBe(text)
    expect(parts.map(({ text: words, kind }) => [words, kind])).toEqual([
      ['Thursday at ', 'evidence'],
      ['ten works', 'found'],
      [' for me.', 'evidence'],
    ])
  })

  it('show the chosen words above all others', () => {
    expect(
      markText(text, [
        { start: 0, end: 29, kind: 'found' },
        { start: 0, end: 8, kind: 'selected' },
      ])[0],
    ).toMatchObject({ text: 'Thursday', kind: 'selected' })
  })

  it('outside of it change nothing', () => {
    expect(
      markText(text, [
        { start: 50, end: 60, kind: 'found' },
        { start: 3, end: 3, kind: 'found' },
      ]),
    ).toEqual([{ text, kind: null, start: 0 }])
  })
})

describe('a search in a text', () => {
  it('finds words in any case and across blanks', () => {
    expect(findWords('At Ten. At  ten?', 'at ten')).toEqual([
      { start: 0, end: 6 },
      { start: 8, end: 15 },
    ])
  })

  it('takes signs as signs', () => {
    expect(findWords('It costs $49 (a month).', '(a')).toEqual([{ start: 13, end: 15 }])
    expect(findWords('anything', '  ')).toEqual([])
  })
})
