import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseSubrip } from './subrip.ts'
import { TranscriptError } from './transcript.ts'

describe('parseSubrip', () => {
  it('reads comma times, several lines per cue and formatting tags', () => {
    const read = parseSubrip(
      '1\r\n00:00:01,250 --> 00:00:03,000\r\n<font color="#fff">Dana:</font> How many\r\nchairs?\r\n\r\n2\r\n00:00:03,100 --> 00:00:05,000\r\n{\\an8}Lee: 12\r\n',
    )
    expect(read.turns).toEqual([
      { party: 'p1', start: 1.25, end: 3, text: 'How many chairs?' },
      { party: 'p2', start: 3.1, end: 5, text: '12' },
    ])
  })

  it('keeps a line that is only a number inside a cue', () => {
    const read = parseSubrip(
      '1\n00:00:01,000 --> 00:00:02,000\nThe answer is\n42\n\n2\n00:00:02,000 --> 00:00:03,000\nyes',
    )
    expect(read.turns[0]?.text).toBe('The answer is 42')
  })

  it('names the line of a reversed time and of text before the first cue', () => {
    expect(() => parseSubrip('1\n00:00:04,000 --> 00:00:02,000\nx')).toThrow(/Line 2: .*before it starts/)
    expect(() => parseSubrip('hello\n')).toThrow(/Line 1: There is text before the first cue/)
  })

  it('reads any text or throws a TranscriptError', () => {
    const piece = fc.oneof(fc.string(), fc.constantFrom('1\n', '\n', ' --> ', '00:00:01,000', '<', '{\\', 'Dana: '))
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        try {
          parseSubrip(pieces.join(''))
        } catch (error) {
          expect(error).toBeInstanceOf(TranscriptError)
        }
      }),
      { numRuns: 500 },
    )
  })
})
