import { describe, expect, it } from 'vitest'
import { turnTrack } from './turn-track'

const sideOf = (party: string) => (party === 'a' ? 'rep' : 'prospect')

describe('turns on the length of a call', () => {
  it('lie by their times when they have them', () => {
    const turns = [
      { party: 'a', start: 0, end: 10, text: 'Hi.' },
      { party: 'b', start: 12, end: 20, text: 'Hello.' },
    ]
    expect(turnTrack(turns, sideOf, 40)).toEqual({
      parts: [
        { turn: 0, side: 'rep', from: 0, to: 0.25 },
        { turn: 1, side: 'prospect', from: 0.3, to: 0.5 },
      ],
      length: 40,
      unit: 'seconds',
    })
  })

  it('end where the next begins when only starts are known', () => {
    const turns = [
      { party: 'a', start: 0, end: null, text: 'Hi.' },
      { party: 'b', start: 5, end: null, text: 'Hello.' },
    ]
    expect(turnTrack(turns, sideOf, 10).parts[0]).toMatchObject({ from: 0, to: 0.5 })
  })

  it('lie by their words when a time is missing', () => {
    const turns = [
      { party: 'a', start: 0, end: null, text: 'one two three' },
      { party: 'b', start: null, end: null, text: 'four' },
    ]
    expect(turnTrack(turns, sideOf, null)).toMatchObject({
      unit: 'words',
      length: 4,
      parts: [{ to: 0.75 }, { from: 0.75, to: 1 }],
    })
  })
})
