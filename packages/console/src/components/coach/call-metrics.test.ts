import { describe, expect, it } from 'vitest'
import type { CallMetrics } from '../../api/coach-types'
import { metricCards } from './call-metrics'

const benchmark = { low: 0.43, high: 0.65, meaning: 'A study.', source: 'Somebody (2020), https://example.test/study' }
const side = { count: 0, open: 0, closed: 0, perHour: null, asked: [] }
const metrics: CallMetrics = {
  engine: 'conversation',
  version: '1.0.0',
  warnings: [],
  seconds: 600,
  turns: 4,
  words: { rep: 300, prospect: 100, other: 0 },
  sides: { a: 'rep', b: 'prospect' },
  sidesAssumed: false,
  talkRatio: {
    unit: 'share of speech, 0 to 1',
    basis: 'time',
    rep: 0.754,
    prospect: 0.246,
    other: 0,
    repSeconds: 300,
    prospectSeconds: 98,
    benchmark,
  },
  longestMonologue: {
    unit: 'seconds (and words)',
    rep: { seconds: 95.4, words: 240, turn: 1, lastTurn: 2 },
    prospect: null,
    benchmark: null,
  },
  interactivity: { unit: 'changes of speaker per minute', switches: 20, perMinute: 2, score: 2, benchmark: null },
  interruptions: {
    unit: 'count',
    thresholdSeconds: 0.5,
    byRep: 1,
    byProspect: 2,
    byRepPerHour: 6,
    events: [{ turn: 3, interruptedTurn: 2, by: 'rep', atSeconds: 40, overlapSeconds: 1 }],
    benchmark: null,
  },
  questions: { unit: 'count', rep: { ...side, count: 3, open: 2, closed: 1 }, prospect: side, benchmark: null },
  fillers: {
    unit: 'fillers per 100 words',
    language: 'en',
    rep: { count: 4, per100Words: 1.33, byWord: { um: 3, uh: 1 } },
    prospect: { count: 0, per100Words: 0, byWord: {} },
    benchmark: null,
  },
  patience: { unit: 'seconds', medianSeconds: 0.8, samples: 4, benchmark: null },
  wordsPerMinute: { unit: 'words per minute of own speech', rep: 150, prospect: 130, benchmark: null },
  silence: {
    unit: 'share of the call, 0 to 1',
    share: 0.1,
    seconds: 60,
    longest: { seconds: 4.2, afterTurn: 1 },
    benchmark: null,
  },
  nextStep: { unit: 'status', status: 'none', best: null, commitments: [] },
}
const card = (key: string, of: CallMetrics = metrics) => metricCards(of, 'Ada').find((entry) => entry.key === key)

describe('the measures of a call', () => {
  it('have a figure, a unit, a meaning and a comparison in the same unit', () => {
    expect(card('talk-ratio')).toMatchObject({
      value: '75.4',
      unit: '%',
      meaning: 'Ada spoke 75.4% of the time.',
      benchmark: { low: 43, high: 65, value: 75.4, text: '43–65%' },
    })
    expect(card('fillers')).toMatchObject({ value: '1.3', meaning: 'Mostly “um” (3), “uh” (1).', benchmark: null })
  })

  it('lead to their place in the transcript', () => {
    expect(card('monologue')).toMatchObject({ value: '1:35', places: [{ turn: 1 }, { turn: 2 }] })
    expect(card('interruptions')?.places).toMatchObject([{ turn: 3 }])
  })

  it('are not made up when the transcript cannot tell', () => {
    const untimed = {
      ...metrics,
      interruptions: null,
      silence: null,
      patience: { ...metrics.patience, medianSeconds: null, samples: 0 },
      talkRatio: { ...metrics.talkRatio, basis: 'words' as const },
    }
    for (const key of ['interruptions', 'silence', 'patience'])
      expect(card(key, untimed)).toMatchObject({ value: null, meaning: expect.stringContaining('no times') })
    expect(card('talk-ratio', untimed)?.meaning).toContain('of the words')
  })
})
