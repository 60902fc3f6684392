import { describe, expect, it } from 'vitest'
import type { Conversation } from './conversation.ts'
import { LABELLED_OBJECTIONS, NO_OBJECTIONS } from './labelled-sentences.ts'
import { findObjections, ObjectionKind } from './objections.ts'

const call = (...said: ['rep' | 'prospect', string][]): Conversation => ({
  parties: [
    { id: 'rep', role: 'rep' },
    { id: 'prospect', role: 'prospect' },
  ],
  turns: said.map(([party, text], index) => ({ party, start: index * 10, end: index * 10 + 8, text })),
})
const kindsIn = (text: string): ObjectionKind[] =>
  findObjections(call(['rep', 'So what do you think?'], ['prospect', text])).objections.map(
    (objection) => objection.kind,
  )
const handling = (...replies: string[]): string | undefined => {
  const turns = replies.map((text, index): ['rep' | 'prospect', string] => [index % 2 === 0 ? 'rep' : 'prospect', text])
  return findObjections(call(['rep', 'Hello.'], ['prospect', 'That is too expensive for us.'], ...turns)).objections[0]
    ?.response.handling
}

describe('findObjections', () => {
  it('finds at least 95 % of the labelled objections and is wrong on at most 5 % of what it finds', () => {
    let right = 0
    let missed = 0
    let wrong = NO_OBJECTIONS.filter((text) => kindsIn(text).length > 0).length
    for (const kind of ObjectionKind.options) {
      for (const text of LABELLED_OBJECTIONS[kind]) {
        const found = kindsIn(text)
        if (found.includes(kind)) right += 1
        else {
          missed += 1
          if (found.length > 0) wrong += 1
        }
      }
    }
    expect(right / (right + missed)).toBeGreaterThan(0.95)
    expect(right / (right + wrong)).toBeGreaterThan(0.95)
  })

  it('gives the sentence with its exact place, the words that told, the rule and the time', () => {
    const [objection] = findObjections(
      call(['rep', 'It is 90 a month.'], ['prospect', 'I see. But that’s out of our budget. Hm.']),
    ).objections
    expect(objection).toMatchObject({ kind: 'price', atSeconds: 10, matched: 'out of our budget' })
    expect(objection?.quote).toEqual({ turn: 1, start: 7, end: 36, text: 'But that’s out of our budget.' })
    expect(objection?.rule).toContain('budget')
  })

  it('does not take a denial for an objection', () => {
    expect(kindsIn('It is not too expensive, really.')).toEqual([])
    expect(kindsIn('Price is not the problem.')).toEqual([])
    expect(kindsIn('We would never get a cheaper offer.')).toEqual([])
  })

  it('takes a busy state for a bad time while it lasts, not when it comes back by habit', () => {
    for (const habit of [
      'On Mondays it is chaos.',
      'Every morning we are swamped with calls.',
      'The phones are madness on weekends.',
      'Whenever it rains, we are flat out.',
    ])
      expect(kindsIn(habit)).toEqual([])
    for (const now of [
      'It is chaos here.',
      'We are swamped.',
      'Every day is chaos right now.',
      'This month is madness for us.',
    ])
      expect(kindsIn(now)).toEqual(['timing'])
  })

  it('counts the same objection in one breath once, and two kinds as two, in order', () => {
    expect(kindsIn('It is too expensive. Really, it is a lot of money.')).toEqual(['price'])
    expect(kindsIn('I need to ask my boss, and it is too expensive.')).toEqual(['authority', 'price'])
  })

  it('listens to the prospect only', () => {
    expect(findObjections(call(['rep', 'You may think it is too expensive.'], ['prospect', 'No.'])).objections).toEqual(
      [],
    )
  })

  it('tells how the rep met it', () => {
    expect(
      handling(
        'I understand. What are you comparing it with?',
        'Nothing.',
        'One of our customers saved nine hours a week.',
      ),
    ).toBe('answered-with-evidence')
    expect(handling('What would it have to save you?', 'Ten hours.', 'Good to know.')).toBe('questioned')
    expect(handling('I hear you, that makes sense.', 'Yes.', 'And how many rooms do you have?')).toBe('acknowledged')
    expect(handling('It is sixty a month, that is the price.')).toBe('acknowledged')
    expect(handling('Let us park that. What is your team called?')).toBe('deflected')
    expect(handling('Here you see the calendar.')).toBe('ignored')
    expect(handling()).toBe('ignored')
  })

  it('quotes each step of the reply', () => {
    const [objection] = findObjections(
      call(
        ['prospect', 'It is too expensive.'],
        ['rep', 'That is a fair point. Compared with what? On average our customers save a day.'],
      ),
    ).objections
    expect(objection?.response.steps.map(({ step, text }) => [step, text])).toEqual([
      ['acknowledged', 'That is a fair point.'],
      ['questioned', 'Compared with what?'],
      ['evidence', 'On average our customers save a day.'],
    ])
  })

  it('does not give the reply to one objection to the one before', () => {
    const { objections } = findObjections(
      call(
        ['prospect', 'It is too expensive.'],
        ['rep', 'Here is the next page.'],
        ['prospect', 'And I have to ask my boss.'],
        ['rep', 'I understand. What will she want to know?'],
      ),
    )
    expect(objections.map(({ kind, response }) => [kind, response.handling])).toEqual([
      ['price', 'ignored'],
      ['authority', 'questioned'],
    ])
  })
})
