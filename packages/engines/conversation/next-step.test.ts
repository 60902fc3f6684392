import { describe, expect, it } from 'vitest'
import { computeMetrics } from './metrics.ts'

/** The last lines of a call after some small talk; "R" is the rep, "P" the prospect. */
const ending = (...lines: string[]): ReturnType<typeof computeMetrics>['nextStep'] => {
  const talk = [
    'R: Hello.',
    'P: Hello there.',
    'R: The weather is fine here.',
    'P: It is raining here.',
    'R: I see.',
    'P: Well then.',
  ]
  return computeMetrics({
    parties: [
      { id: 'R', role: 'rep' },
      { id: 'P', role: 'prospect' },
    ],
    turns: [...talk, ...lines].map((line) => ({ party: line[0] ?? '', start: null, end: null, text: line.slice(3) })),
  }).nextStep
}

describe('nextStep', () => {
  it.each([
    ['agreed', ['R: How about Tuesday at three?', 'P: Tuesday at three is fine.']],
    ['agreed', ['R: I will send you the contract by Friday.', 'P: Great, thanks.']],
    ['agreed', ['P: Can you call me on Monday morning?', 'R: Sure, I will.']],
    ['agreed', ["R: Let's meet next week, with your partner.", 'P: Sounds good.']],
    ['dated', ['R: I will call you next week.', 'P: We will see.']],
    ['dated', ['R: Does Wednesday work for you?', 'P: No, not really, I am away.']],
    ['undated', ["R: I'll email you the brochure.", 'P: Okay.']],
    ['none', ['R: It was nice talking.', 'P: Goodbye.']],
  ] as const)('is %s in %j', (status, lines) => {
    expect(ending(...lines).status).toBe(status)
  })

  it('tells who has to act', () => {
    expect(ending('R: I will send you the contract by Friday.', 'P: Great.').best?.owner).toBe('rep')
    expect(ending('R: Can you send me the file by Friday?', 'P: Yes.').best?.owner).toBe('prospect')
    expect(ending('R: Shall we meet on Monday?', 'P: Yes.').best?.owner).toBe('both')
    expect(ending('P: I will talk to my wife tonight.', 'R: Perfect.').best?.owner).toBe('prospect')
  })

  it('takes the date from the sentence that follows', () => {
    expect(ending('R: I will send you the draft. You have it on Friday.', 'P: Good.').best?.when?.text).toBe(
      'on Friday',
    )
  })

  it('does not take talk about the call for a promise', () => {
    for (const line of [
      'R: Let me share my screen.',
      'R: I will come to that in a minute.',
      'R: We can talk about the price later.',
      'R: You send us the file and you get it back.',
    ])
      expect(ending(line, 'P: Okay.').status).toBe('none')
  })
})
