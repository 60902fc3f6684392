import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matchesEtag, parseRange } from './byte-range.ts'

describe('a Range header', () => {
  it.each([
    ['bytes=0-4', { start: 0, end: 4 }],
    ['bytes=5-', { start: 5, end: 99 }],
    ['bytes=-10', { start: 90, end: 99 }],
    ['bytes=-1000', { start: 0, end: 99 }],
    ['bytes=90-1000', { start: 90, end: 99 }],
    ['Bytes=0-0', { start: 0, end: 0 }],
  ])('%s of 100 bytes is %o', (header, range) => {
    expect(parseRange(header, 100)).toEqual(range)
  })

  it.each(['bytes=100-', 'bytes=100-200', 'bytes=-0', 'bytes=99999999999999999999-'])(
    '%s of 100 bytes cannot be satisfied',
    (header) => {
      expect(parseRange(header, 100)).toBe('unsatisfiable')
    },
  )

  it.each([
    null,
    '',
    'bytes',
    'bytes=',
    'bytes=-',
    'bytes=5-4',
    'bytes=0-1,5-6',
    'items=0-1',
    'bytes=a-b',
    'bytes=0-4\0',
    'bytes= 0 - 4',
  ])('%j is ignored, so that the whole is sent', (header) => {
    expect(parseRange(header, 100)).toBeNull()
  })

  it('never leads outside of the object', () => {
    fc.assert(
      fc.property(fc.option(fc.nat(300)), fc.option(fc.nat(300)), fc.nat(200), (first, last, size) => {
        const range = parseRange(`bytes=${first ?? ''}-${last ?? ''}`, size)
        if (range === null || range === 'unsatisfiable') return
        expect(range.start).toBeGreaterThanOrEqual(0)
        expect(range.end).toBeGreaterThanOrEqual(range.start)
        expect(range.end).toBeLessThan(size)
      }),
    )
  })
})

describe('If-None-Match', () => {
  it.each(['"abc"', '*', '"x", "abc"', 'W/"abc"', '"x",W/"abc"'])('%s names the entity tag "abc"', (header) => {
    expect(matchesEtag(header, '"abc"')).toBe(true)
  })
  it.each([null, '', '"ab"', 'abc'])('%j does not name the entity tag "abc"', (header) => {
    expect(matchesEtag(header, '"abc"')).toBe(false)
  })
})
