import { describe, expect, it } from 'vitest'
import { analyseCall } from './analyse-call.ts'
import { ConversationError, type Conversation } from './conversation.ts'
import { DEFAULT_RUBRIC } from './default-rubric.ts'
import { computeMetrics } from './metrics.ts'
import { keyMoments } from './moments.ts'
import { findObjections } from './objections.ts'
import type { RubricInput } from './rubric.ts'
import { CallScore, scoreCall } from './score-call.ts'

const call = (timed: boolean, ...said: ['rep' | 'buyer', string][]): Conversation => ({
  parties: [
    { id: 'rep', role: 'rep' },
    { id: 'buyer', role: 'prospect' },
  ],
  turns: said.map(([party, text], index) => ({
    party,
    start: timed ? index * 10 : null,
    end: timed ? index * 10 + 9 : null,
    text,
  })),
})
const score = (conversation: Conversation, rubric?: RubricInput): CallScore =>
  scoreCall(conversation, computeMetrics(conversation), findObjections(conversation), rubric)
const level = (result: CallScore, id: string): number | null | undefined =>
  result.criteria.find((criterion) => criterion.id === id)?.level

const good = call(
  true,
  ['rep', 'Good morning, my name is Ada from Beacon. The plan for today is simple. Is now a good time?'],
  ['buyer', 'It is.'],
  ['rep', 'How do you plan the week?'],
  ['buyer', 'On paper, and it takes me all Sunday.'],
  ['rep', 'What happens when somebody is ill?'],
  ['buyer', 'I call everybody.'],
  ['rep', 'Why does that bother you now? And who else decides on this?'],
  ['buyer', 'We grew. It is only me.'],
  [
    'rep',
    'You mentioned your Sundays. Because you said that, let me show you the plan. One of our customers saves nine hours a week.',
  ],
  ['buyer', 'It sounds a bit expensive.'],
  ['rep', 'That is fair. What are you comparing it with?'],
  ['buyer', 'With paper.'],
  ['rep', 'On average teams like yours get it back in a month. How about Thursday at ten for the numbers?'],
  ['buyer', 'Thursday works for me.'],
)

describe('scoreCall', () => {
  it('gives a good call a high score and says why, with the words', () => {
    const result = score(good)
    expect(result.total).toBeGreaterThan(85)
    expect(CallScore.safeParse(result).success).toBe(true)
    const opening = result.criteria[0]
    expect(opening).toMatchObject({ id: 'opening', level: 4, meaning: 'Introduction, agenda and agreement' })
    expect(opening?.reason).toContain('4 of 4 points. Shown: Introduces themselves')
    for (const { evidence } of result.criteria)
      for (const { turn, start, end, text } of evidence) expect(good.turns[turn]?.text.slice(start, end)).toBe(text)
  })

  it('gives the same result every time', () => {
    expect(score(good)).toEqual(score(good))
  })

  it('gives a bad call a low score', () => {
    const bad = call(
      true,
      ['rep', 'So this is the logo. '.repeat(60)],
      ['buyer', 'It is too expensive.'],
      ['rep', 'Here is the next page.'],
      ['buyer', 'Bye.'],
    )
    expect(score(bad).total).toBeLessThan(25)
    expect(level(score(bad), 'objections')).toBe(0)
    expect(level(score(bad), 'next-step')).toBe(0)
  })

  it('leaves objection handling out when there was no objection', () => {
    const result = score(call(true, ['rep', 'Hello.'], ['buyer', 'Hello.']))
    expect(level(result, 'objections')).toBeNull()
    expect(result.criteria.find((criterion) => criterion.id === 'objections')?.reason).toBe('No objection was raised.')
  })

  it('does not hold against the rep what the transcript cannot tell', () => {
    const untimed = score(
      call(
        false,
        ...good.turns.map(({ party, text }): ['rep' | 'buyer', string] => [party === 'rep' ? 'rep' : 'buyer', text]),
      ),
    )
    const listening = untimed.criteria.find((criterion) => criterion.id === 'listening')
    expect(listening?.signals.find((signal) => signal.id === 'no-interrupting')?.met).toBeNull()
    expect(listening?.reason).toContain('Cannot be told from this transcript')
    expect(listening?.reason).toContain('of 3 points')
  })

  const own: RubricInput = {
    id: 'own',
    title: 'Own rubric',
    criteria: [
      {
        id: 'name',
        title: 'Uses the name',
        weight: 1,
        levels: ['no', '', '', '', 'yes'],
        fullPoints: 1,
        signals: [
          { type: 'phrase', id: 'n', says: 'Says the name', points: 1, speaker: 'rep', phrases: ['my name is'] },
        ],
      },
    ],
  }

  it('scores by a rubric of one’s own', () => {
    expect(score(good, own)).toMatchObject({ rubric: 'own', total: 100, criteria: [{ level: 4, meaning: 'yes' }] })
  })

  it('refuses a faulty rubric and names the field', () => {
    const faulty = structuredClone(own)
    const [signal] = faulty.criteria[0]?.signals ?? []
    if (signal?.type === 'phrase') signal.phrases = ['* anything']
    expect(() => score(good, faulty)).toThrow(ConversationError)
    expect(() => score(good, faulty)).toThrow(/rubric\.criteria\.0\.signals\.0\.phrases\.0/)
    expect(() => score(good, { ...own, criteria: [] })).toThrow(/rubric\.criteria/)
  })

  it('has weights of 100 in the default rubric', () => {
    expect(DEFAULT_RUBRIC.criteria.reduce((sum, criterion) => sum + criterion.weight, 0)).toBe(100)
  })
})

describe('keyMoments', () => {
  it('finds the moments in order, with times and words', () => {
    const { moments } = keyMoments(good, computeMetrics(good), findObjections(good))
    expect(moments.map(({ kind, turn }) => [kind, turn])).toEqual([
      ['question-streak', 0],
      ['objection', 9],
      ['next-step', 12],
      ['next-step', 13],
    ])
    expect(moments[1]).toMatchObject({
      title: 'Objection: price',
      startSeconds: 90,
      endSeconds: 99,
      quote: { text: 'It sounds a bit expensive.' },
    })
  })

  it('finds monologues, interruptions and talk of the price', () => {
    const conversation: Conversation = {
      parties: good.parties,
      turns: [
        { party: 'rep', start: 0, end: 95, text: 'There is so much to tell, and the price is 40 dollars a month.' },
        { party: 'buyer', start: 93, end: 99, text: 'Wait, I only wanted to ask for the colour.' },
      ],
    }
    const { moments } = keyMoments(conversation, computeMetrics(conversation), findObjections(conversation))
    expect(moments.map(({ kind, title }) => [kind, title])).toEqual([
      ['monologue', 'Rep speaks for 95 s'],
      ['price', 'Rep speaks of the price'],
      ['interruption', 'Prospect cuts in (2 s)'],
    ])
  })
})

describe('a call of three hours', () => {
  it('is computed in less than 200 ms', () => {
    const sentences = good.turns.map((turn) => turn.text)
    const long: Conversation = {
      parties: good.parties,
      turns: Array.from({ length: 5000 }, (_, index) => ({
        party: index % 2 ? 'buyer' : 'rep',
        start: index * 2.16,
        end: index * 2.16 + 2,
        text: sentences[index % sentences.length] ?? '',
      })),
    }
    // Processor time, since other tests may share the machine.
    const run = (): number => {
      const before = process.cpuUsage()
      analyseCall(long)
      return process.cpuUsage(before).user / 1000
    }
    run()
    expect(Math.min(run(), run(), run())).toBeLessThan(200)
  })
})
