import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ConversationError, parseConversation, type Conversation, type Party } from './conversation.ts'
import { CallMetrics, computeMetrics } from './metrics.ts'

type Said = [party: string, start: number | null, end: number | null, text: string]
const PARTIES: Party[] = [
  { id: 'rep', role: 'rep' },
  { id: 'buyer', role: 'prospect' },
]
const call = (turns: Said[], parties = PARTIES, durationSeconds?: number): Conversation => ({
  parties,
  turns: turns.map(([party, start, end, text]) => ({ party, start, end, text })),
  ...(durationSeconds === undefined ? {} : { durationSeconds }),
})

const refuse = (conversation: Conversation): string | null => {
  try {
    computeMetrics(conversation)
    return null
  } catch (error) {
    return error instanceof ConversationError ? error.field : 'other'
  }
}

const small = call([
  ['rep', 0, 10, 'Good morning, this is Ada. Um, how do you plan the week today?'],
  ['buyer', 11, 31, 'With a whiteboard. It is, you know, a mess.'],
  ['rep', 30, 50, 'I see. Do you have one per shop?'],
  ['buyer', 50.5, 51, 'Mm-hm.'],
  ['rep', 51.5, 61.5, 'I will send you a draft by Friday.'],
  ['buyer', 63, 65, 'Yes, please do.'],
])

describe('computeMetrics', () => {
  it('measures talk in seconds when there are times', () => {
    const metrics = computeMetrics(small)
    expect(metrics).toMatchObject({ engine: 'conversation', warnings: [], seconds: 65, turns: 6 })
    expect(metrics.talkRatio).toMatchObject({ basis: 'time', repSeconds: 40, prospectSeconds: 22.5 })
    expect(metrics.talkRatio.rep).toBeCloseTo(40 / 62.5, 9)
    expect(metrics.wordsPerMinute.rep).toBeCloseTo((metrics.words.rep * 60) / 40, 1)
  })

  it('counts an overlap above the threshold as an interruption by the one who came later', () => {
    expect(computeMetrics(small).interruptions).toMatchObject({
      byRep: 1,
      byProspect: 0,
      events: [{ turn: 2, interruptedTurn: 1, overlapSeconds: 1 }],
    })
    expect(computeMetrics(small, { interruptionSeconds: 1 }).interruptions?.byRep).toBe(0)
  })

  it('does not call an acknowledgement, or the next piece of one’s own speech, an interruption', () => {
    const metrics = computeMetrics(
      call([
        ['rep', 0, 20, 'So this is how it works in the shop, and there is more.'],
        ['buyer', 5, 7, 'Right, okay.'],
        ['buyer', 18, 30, 'Wait, I have a question about that one.'],
        ['rep', 20.1, 24, 'And there is even more to say on it.'],
      ]),
    )
    expect(metrics.interruptions?.events.map(({ turn, by }) => [turn, by])).toEqual([[2, 'prospect']])
  })

  it('counts floors, not acknowledgements, as changes of speaker, but a yes to a question is an answer', () => {
    // rep, buyer, rep, buyer (answers a question), rep, buyer
    expect(computeMetrics(small).interactivity).toMatchObject({ switches: 5, score: 4.6 })
    const passing = call([
      ['rep', 0, 5, 'Here is the plan.'],
      ['buyer', 5, 6, 'Okay.'],
      ['rep', 6, 9, 'And here is the sheet.'],
    ])
    expect(computeMetrics(passing).interactivity.switches).toBe(0)
    expect(computeMetrics(passing).longestMonologue.rep).toEqual({ seconds: 8, words: 9, turn: 0, lastTurn: 2 })
  })

  it('takes the median wait of the rep after the prospect, an early start as none', () => {
    // Waits: 0 after turn 1 (cut in), 0.5 after turn 3.
    expect(computeMetrics(small).patience).toMatchObject({ medianSeconds: 0.25, samples: 2 })
  })

  it('measures silence between the first and the last word', () => {
    const { silence } = computeMetrics(small)
    expect(silence).toMatchObject({ seconds: 3.5, longest: { seconds: 1.5, afterTurn: 4 } })
    expect(silence?.share).toBeCloseTo(3.5 / 65, 9)
  })

  it('counts questions by kind with their words, and fillers per 100 words', () => {
    const metrics = computeMetrics(small)
    expect(metrics.questions.rep).toMatchObject({ count: 2, open: 1, closed: 1 })
    expect(metrics.questions.rep.asked[0]).toMatchObject({
      turn: 0,
      kind: 'open',
      text: 'Um, how do you plan the week today?',
    })
    expect(metrics.fillers.rep).toMatchObject({ count: 1, byWord: { um: 1 } })
    expect(metrics.fillers.prospect.byWord).toEqual({ 'you know': 1 })
    expect(metrics.fillers.rep.per100Words).toBeCloseTo(100 / metrics.words.rep, 2)
  })

  it('finds the next step with owner, date and agreement', () => {
    const { nextStep } = computeMetrics(small)
    expect(nextStep.status).toBe('agreed')
    expect(nextStep.best).toMatchObject({
      owner: 'rep',
      agreed: true,
      when: { text: 'by Friday', precision: 'day' },
      evidence: { turn: 4 },
    })
  })

  it('falls back to words without times and says what is missing', () => {
    const metrics = computeMetrics(call(small.turns.map(({ party, text }): Said => [party, null, null, text])))
    expect(metrics.talkRatio).toMatchObject({ basis: 'words', repSeconds: null })
    expect(metrics.talkRatio.rep).toBeCloseTo(metrics.words.rep / (metrics.words.rep + metrics.words.prospect), 9)
    expect(metrics).toMatchObject({ seconds: null, interruptions: null, silence: null })
    expect(metrics.patience.medianSeconds).toBeNull()
    expect(metrics.questions.rep.perHour).toBeNull()
    expect(metrics.longestMonologue.rep?.seconds).toBeNull()
    expect(metrics.warnings.join()).toContain('no times')
  })

  it('estimates ends from the next start, and then gives no interruptions, patience or silence', () => {
    const metrics = computeMetrics(
      call(
        small.turns.map(({ party, start, text }): Said => [party, start, null, text]),
        PARTIES,
        65,
      ),
    )
    expect(metrics.talkRatio).toMatchObject({ basis: 'start-times', repSeconds: 11 + 20.5 + 11.5 })
    expect(metrics).toMatchObject({ interruptions: null, silence: null, seconds: 65 })
    expect(metrics.warnings.join()).toContain('no end times')
  })

  it('guesses the sides only when it must, and says so', () => {
    const parties = [
      { id: 'a', name: 'Ann' },
      { id: 'b', name: 'Bo' },
    ]
    const guessed = computeMetrics(
      call(
        [
          ['b', 0, 1, 'Hello?'],
          ['a', 1, 5, 'Hi, this is Ann from Beacon.'],
          ['b', 5, 6, 'Hello Ann.'],
        ],
        parties,
      ),
    )
    expect(guessed.sides).toEqual({ a: 'rep', b: 'prospect' })
    expect(guessed.sidesAssumed).toBe(true)
    expect(guessed.warnings.join()).toContain('"Ann" is taken for the rep')
    const half = computeMetrics(
      call(
        [
          ['a', 0, 1, 'Hi.'],
          ['b', 1, 2, 'Hi.'],
        ],
        [{ id: 'a', role: 'prospect' }, { id: 'b' }],
      ),
    )
    expect(half).toMatchObject({ sides: { a: 'prospect', b: 'rep' }, sidesAssumed: false })
    const alone = computeMetrics(call([['a', 0, 1, 'A memo to myself.']], [{ id: 'a' }]))
    expect(alone.warnings.join()).toContain('only one speaker')
  })

  it('finds questions by word order when nothing is punctuated', () => {
    const metrics = computeMetrics(
      call([
        ['rep', 0, 1, 'hello there'],
        ['buyer', 1, 2, 'hello'],
        ['rep', 2, 3, 'so how do you plan the week'],
        ['buyer', 3, 4, 'with a whiteboard'],
        ['rep', 4, 5, 'do you have many shops'],
        ['buyer', 5, 6, 'three'],
      ]),
    )
    expect(metrics.questions.rep).toMatchObject({ open: 1, closed: 1 })
    expect(metrics.warnings.join()).toContain('no question marks')
  })

  it('refuses impossible input and names the field', () => {
    expect(refuse(call([['ghost', 0, 1, 'boo']]))).toBe('turns.0.party')
    expect(refuse(call([['rep', 5, 1, 'x']]))).toBe('turns.0.end')
    expect(refuse(call([['rep', -5, 1, 'x']]))).toBe('turns.0')
    expect(refuse(call([['rep', Number.NaN, 1, 'x']]))).toBe('turns.0')
    expect(refuse(call([]))).toBe('turns')
    expect(refuse(call([['a', 0, 1, 'x']], [{ id: 'a' }, { id: 'a' }]))).toBe('parties.1.id')
    expect(() =>
      parseConversation({ parties: [{ id: 'a' }], turns: [{ party: 'a', start: '0', end: 1, text: 'x' }] }),
    ).toThrow(/turns\.0\.start/)
    expect(() => parseConversation(null)).toThrow(ConversationError)
  })

  it('has a JSON Schema for its result, with units', () => {
    const schema = JSON.stringify(z.toJSONSchema(CallMetrics))
    expect(schema).toContain('share of speech, 0 to 1')
    expect(schema).toContain('description')
  })

  const turn = fc.record({
    party: fc.constantFrom('rep', 'buyer', 'guest'),
    start: fc.option(fc.double({ min: 0, max: 5000, noNaN: true }), { freq: 12 }),
    length: fc.option(fc.double({ min: 0, max: 300, noNaN: true }), { freq: 12 }),
    text: fc.oneof(
      fc.string(),
      fc.lorem({ mode: 'sentences', maxCount: 4 }),
      fc.constantFrom('Okay.', 'Um, how are you?', "I'll call you on Monday at 10.", '', '?!'),
    ),
  })
  const conversations = fc.array(turn, { minLength: 1, maxLength: 25 }).map((turns): Conversation => ({
    parties: [...PARTIES, { id: 'guest', role: 'other' }],
    turns: turns.map(({ party, start, length, text }) => ({
      party,
      start,
      end: start === null || length === null ? null : start + length,
      text,
    })),
  }))

  it('gives valid results for any conversation: shares add up to 1, passages are exact', () => {
    fc.assert(
      fc.property(conversations, (conversation) => {
        const metrics = computeMetrics(conversation)
        expect(CallMetrics.safeParse(metrics).error).toBeUndefined()
        const { rep, prospect, other } = metrics.talkRatio
        const silent =
          metrics.talkRatio.basis === 'words' && conversation.turns.every(({ text }) => !/[\p{L}\p{N}]/u.test(text))
        expect(rep + prospect + other).toBeCloseTo(silent ? 0 : 1, 9)
        const passages = [
          ...metrics.questions.rep.asked,
          ...metrics.questions.prospect.asked,
          ...metrics.nextStep.commitments.map((one) => one.evidence),
        ]
        for (const { turn: index, start, end, text } of passages)
          expect(conversation.turns[index]?.text.slice(start, end)).toBe(text)
      }),
      { numRuns: 400 },
    )
  })

  it('does not depend on what parties are called', () => {
    fc.assert(
      fc.property(conversations, (conversation) => {
        const renamed: Conversation = {
          parties: conversation.parties.map((party) => ({ ...party, id: `x-${party.id}-__proto__` })),
          turns: conversation.turns.map((one) => ({ ...one, party: `x-${one.party}-__proto__` })),
        }
        const { sides: _, ...before } = computeMetrics(conversation)
        const { sides: __, ...after } = computeMetrics(renamed)
        expect(after).toEqual(before)
      }),
      { numRuns: 200 },
    )
  })
})
