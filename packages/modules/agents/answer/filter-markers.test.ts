import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { filterMarkers } from './filter-markers.ts'

/** Filters text that comes in these pieces. */
function filtered(passages: number, ...pieces: string[]): string {
  const filter = filterMarkers(passages)
  return pieces.map((piece) => filter.push(piece)).join('') + filter.end()
}

describe('markers of passages', () => {
  test('that exist stay, one number each', () => {
    expect(filtered(3, 'It costs 5 [1]. Always [2, 3] so [1;2].')).toBe('It costs 5 [1]. Always [2][3] so [1][2].')
  })

  test('that do not exist go, with the space before them', () => {
    expect(filtered(1, 'It costs 5 [2]. Free [1, 7] of charge [0].')).toBe('It costs 5. Free [1] of charge.')
    expect(filtered(0, 'Nothing [1] here.')).toBe('Nothing here.')
  })

  test('are recognised across pieces', () => {
    expect(filtered(2, 'It costs 5 ', '[', '1', ', 9', ']', ' today ', '[', '9]')).toBe('It costs 5 [1] today')
  })

  test('are reported in the order of their appearance', () => {
    const filter = filterMarkers(3)
    filter.push('a [3] b [1] c [3] d [9]')
    expect(filter.cited).toEqual([3, 1])
  })

  test('are not looked for in code', () => {
    const code = 'Use `items[0]` or\n```\nrow[7] = x [9]\n```\nthen [1].'
    expect(filtered(1, code)).toBe(code)
    expect(filtered(1, ...code.split(''))).toBe(code)
  })

  test('do not get lost behind a backtick that opens nothing', () => {
    expect(filtered(1, 'It`s five [9].\n\nSix [9] [1].')).toBe('It`s five [9].\n\nSix [1].')
  })

  test('leave other brackets and links as they are', () => {
    const text = 'A [note], [a1], [ ], an [open one, [x] and ](y) [1'
    expect(filtered(1, text)).toBe(text)
  })

  test('come out the same however the text is cut', () => {
    const piece = fc.constantFrom('[1]', '[9]', ' ', '[', ']', '1', ',', 'word', '`', '```', '\n', '[1, 2]', '.')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const text = pieces.join('')
        expect(filtered(2, ...text.split(''))).toBe(filtered(2, text))
        expect(filtered(2, ...pieces)).toBe(filtered(2, text))
      }),
    )
  })
})
