import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Conversation } from './conversation.ts'
import { MAX_QUOTE_CHARACTERS, quoteTokens, verifyQuote, verifyQuotes } from './quotes.ts'

const call = (...said: [string, string][]): Conversation => ({
  parties: [{ id: 'rep' }, { id: 'buyer' }],
  turns: said.map(([party, text]) => ({ party, start: null, end: null, text })),
})
const sample = call(
  ['rep', 'Good morning. It costs $1,200 a year, or 3.5% less if you pay up front.'],
  ['buyer', "We don’t need it — not until “busy season” is over. I can't decide alone."],
  ['buyer', 'My partner and I will talk on Monday.'],
  ['rep', 'I do not like to push. We would love to have you, and the follow-up is free.'],
  ['rep', 'The room is 10² feet, minus −5 degrees in COVID-19 times.'],
)
const found = (quote: string): boolean => verifyQuote(sample, quote) !== null

describe('verifyQuote', () => {
  it('gives the exact place of the words', () => {
    const place = verifyQuote(sample, 'not until busy season is over')
    expect(place).toMatchObject({ party: 'buyer', turn: 1, endTurn: 1 })
    expect(place?.passages).toHaveLength(1)
    expect(sample.turns[1]?.text.slice(place?.start, place?.end)).toBe('not until “busy season” is over')
  })

  it.each([
    "WE DON'T NEED IT, not until 'busy season' is over",
    'we don’t   need\nit',
    '"We don\'t need it"',
    'Ｗe don’t need it',
    'the follow up is free',
    'we do\u00ADn’t need it',
  ])('overlooks Unicode form, white space, quotation marks, capitals and punctuation: %j', (quote) => {
    expect(found(quote)).toBe(true)
  })

  it.each([
    'We do need it',
    'We dont need it',
    'It costs $1,300 a year',
    'It costs $1.200 a year',
    'It costs €1,200 a year',
    'It costs 1,200 a year',
    '35% less',
    '3.5 less',
    '3,5% less',
    'I cant decide alone',
    'My partners and I',
    'partner I will talk',
    '102 feet',
    '10 feet',
    'minus 5 degrees',
    'COVID-20 times',
    'art',
    'Good mornings',
  ])('refuses an altered word, number or sign: %j', (quote) => {
    expect(found(quote)).toBe(false)
  })

  it('joins at an ellipsis within one turn and in order', () => {
    const place = verifyQuote(sample, 'It costs $1,200 a year ... if you pay up front')
    expect(place?.passages.map((passage) => passage.text)).toEqual(['It costs $1,200 a year', 'if you pay up front'])
    expect(found('We would love to have you […] is free')).toBe(true)
    expect(found('if you pay up front ... It costs $1,200')).toBe(false)
    expect(found('Good morning ... We don’t need it')).toBe(false)
    expect(found("We don't need it ... My partner and I")).toBe(false)
  })

  it('does not let an ellipsis drop a negation from a sentence', () => {
    expect(found('I ... like to push')).toBe(false)
    expect(found('I do not like ... love to have you')).toBe(true)
    expect(found('We ... need it')).toBe(false)
  })

  it('follows one speaker over consecutive turns', () => {
    const place = verifyQuote(sample, 'I can’t decide alone. My partner and I will talk')
    expect(place).toMatchObject({ turn: 1, endTurn: 2 })
    expect(place?.passages.map((passage) => passage.text)).toEqual([
      "I can't decide alone",
      'My partner and I will talk',
    ])
    expect(found('on Monday. I do not like to push')).toBe(false)
  })

  it('finds a quote only with the party who said it, when asked to', () => {
    expect(verifyQuote(sample, 'My partner and I', { party: 'buyer' })).not.toBeNull()
    expect(verifyQuote(sample, 'My partner and I', { party: 'rep' })).toBeNull()
  })

  it('refuses quotes without words and quotes of a page', () => {
    for (const quote of ['', ' ... ', '“”', '—', 'a '.repeat(MAX_QUOTE_CHARACTERS)]) expect(found(quote)).toBe(false)
  })

  it('stays quick on repetitive text', () => {
    const long = call(['rep', 'no a a a b '.repeat(8000)])
    const before = performance.now()
    verifyQuote(long, `${'a a a ... '.repeat(300)} c`)
    verifyQuote(long, 'a ... c')
    verifyQuote(long, `${'a '.repeat(1000)}c`)
    expect(performance.now() - before).toBeLessThan(2000)
  })

  it('finds any piece of a turn cut at its words, and what it finds is always in the transcript', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: 'grapheme' }),
      fc.lorem(),
      fc.constantFrom("don't 1,000.50 −3%", 'x… y', 'ﬁne ½ 10²'),
    )
    const turns = fc.array(fc.tuple(fc.constantFrom('rep', 'buyer'), text), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(turns, fc.nat(), fc.nat(), fc.nat(), text, (said, which, from, length, other) => {
        const conversation = call(...said)
        const turn = said[which % said.length]?.[1] ?? ''
        const tokens = quoteTokens(turn)
        if (tokens.length > 0) {
          const first = tokens[from % tokens.length]
          const last = tokens[Math.min(tokens.length - 1, (from % tokens.length) + (length % 5))]
          const quote = turn.slice(first?.start, last?.end)
          if (!/\.{3,}|…|\. \. \./.test(quote)) expect(verifyQuote(conversation, quote)).not.toBeNull()
        }
        for (const quote of [other, turn.toUpperCase(), ` «${turn}» `]) {
          const place = verifyQuote(conversation, quote)
          if (!place) continue
          const words = place.passages.flatMap((passage) => quoteTokens(passage.text).map((token) => token.text))
          expect(words).toEqual(quoteTokens(quote).map((token) => token.text))
          for (const passage of place.passages)
            expect(conversation.turns[passage.turn]?.text.slice(passage.start, passage.end)).toBe(passage.text)
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('never passes a quote in which one word was replaced by another', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('we', 'need', 'it', '20', 'now', 'not'), { minLength: 2, maxLength: 9 }),
        fc.nat(),
        (words, at) => {
          const altered: string[] = [...words]
          altered[at % words.length] = 'zebra'
          expect(verifyQuote(call(['rep', words.join(' ')]), altered.join(' '))).toBeNull()
        },
      ),
    )
  })
})

describe('verifyQuotes', () => {
  it('keeps what is verified, with its place, and counts what is dropped', () => {
    const items = [
      { quote: 'My partner and I', point: 1 },
      { quote: 'I never said that', point: 2 },
      { quote: 'Good morning', party: 'buyer', point: 3 },
    ]
    const result = verifyQuotes(sample, items)
    expect(result.verified.map((item) => [item.point, item.place.turn])).toEqual([[1, 2]])
    expect(result.dropped).toBe(2)
    expect(result.droppedItems.map((item) => item.point)).toEqual([2, 3])
  })
})
