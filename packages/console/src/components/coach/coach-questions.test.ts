import { describe, expect, it } from 'vitest'
import type { CallAnalysis } from '../../api/coach-types'
import { coachQuestions } from './coach-questions'

/** Only what the questions depend on; the rest of an analysis makes no difference to them. */
function analysisOf(objections: [string, string][], nextStep: string, talkRatio: number): CallAnalysis {
  return {
    objections: objections.map(([kind, handling]) => ({ kind, response: { handling } })),
    metrics: { nextStep: { status: nextStep }, talkRatio: { rep: talkRatio } },
  } as unknown as CallAnalysis
}

describe('questions for the coach after a call', () => {
  it('begin with the objection that was met worst', () => {
    const [first, second] = coachQuestions(
      analysisOf(
        [
          ['price', 'questioned'],
          ['authority', 'ignored'],
        ],
        'agreed',
        0.5,
      ),
    )
    expect(first).toBe('What do I do when a prospect cannot decide alone?')
    expect(second).toBe('How do I answer "it is too expensive"?')
  })

  it('go on with what the call lacked, and are four', () => {
    expect(coachQuestions(analysisOf([], 'none', 0.8))).toEqual([
      'What is a good next step after a demo?',
      'What should I know about listening in a discovery call?',
      'What should I ask in the first five minutes?',
      'When is a discount given?',
    ])
  })

  it('do not come twice', () => {
    const questions = coachQuestions(
      analysisOf(
        [
          ['competitor', 'ignored'],
          ['status-quo', 'ignored'],
        ],
        'agreed',
        0.5,
      ),
    )
    expect(new Set(questions).size).toBe(questions.length)
  })
})
