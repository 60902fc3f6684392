import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compilePhrases, findPhrases, phraseFault } from './phrases.ts'
import { findTimes } from './time-expressions.ts'
import { countWords, sentencesOf, wordsOf } from './words.ts'

const matched = (pattern: string, text: string): string[] => {
  const words = wordsOf(text)
  return findPhrases(compilePhrases([pattern]), words).map(({ from, to }) =>
    text.slice(words[from]?.start, words[to - 1]?.end),
  )
}

describe('findPhrases', () => {
  it('knows alternatives, optional words and gaps of up to three words', () => {
    expect(matched('too expensive|pricey', 'It is too pricey.')).toEqual(['too pricey'])
    expect(matched('not very? good', 'not good, not very good, not so good')).toEqual(['not good', 'not very good'])
    expect(matched('talk to * boss', 'I talk to my own old boss and to the boss')).toEqual(['talk to my own old boss'])
    expect(matched('talk to * boss', 'I talk to my own very old boss')).toEqual([])
  })

  it('writes contractions out', () => {
    expect(matched('do not need', 'We don’t need it.')).toEqual(['don’t need'])
    expect(matched('i will send', "I'll send it")).toEqual(["I'll send"])
    expect(countWords(wordsOf("We don't need 3.5% of it, I'll say."))).toBe(8)
  })

  it('names the fault of a pattern', () => {
    for (const pattern of ['', '* word', 'word *', 'a? b', 'a(b)', 'a * b * c * d * e'])
      expect(phraseFault(pattern)).not.toBeNull()
    expect(() => compilePhrases(['a(b)'])).toThrow(/a\|b/)
  })

  it('takes any words in linear time', () => {
    const words = wordsOf('a '.repeat(20_000))
    const before = performance.now()
    findPhrases(compilePhrases(['a * a * a * b']), words)
    expect(performance.now() - before).toBeLessThan(1000)
  })
})

describe('sentencesOf', () => {
  it('cuts at the ends of sentences and not at decimals or abbreviations', () => {
    const text = 'It is 3.5 percent, e.g. for Dr. Holt. Is it? Yes… “Good.”\nNext line'
    expect(sentencesOf(text).map(({ start, end }) => text.slice(start, end))).toEqual([
      'It is 3.5 percent, e.g. for Dr. Holt.',
      'Is it?',
      'Yes…',
      '“Good.”',
      'Next line',
    ])
  })

  it('covers every word of any text exactly once', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.lorem({ mode: 'sentences' })), (text) => {
        expect(sentencesOf(text).flatMap((sentence) => sentence.words)).toEqual(wordsOf(text))
      }),
    )
  })
})

describe('findTimes', () => {
  it.each([
    ['How about Thursday the 14th at ten?', 'Thursday the 14th at ten', 'time'],
    ['Let us say tomorrow morning.', 'tomorrow', 'day'],
    ['I am back next week.', 'next week', 'week'],
    ['Call me in a couple of weeks.', 'in a couple of weeks', 'week'],
    ['It starts on March 3.', 'March 3', 'day'],
    ['By 2026-03-14 please.', '2026-03-14', 'day'],
    ['At 2:30 pm it is.', '2:30 pm', 'time'],
    ['We meet at half past two.', 'half past two', 'time'],
    ['In 3 months, then.', 'In 3 months', 'month'],
  ])('reads %j', (text, expression, precision) => {
    expect(findTimes(wordsOf(text)).map((time) => [text.slice(time.start, time.end), time.precision])).toContainEqual([
      expression,
      precision,
    ])
  })

  it.each(['Just a second.', 'I may march on.', 'It took ten minutes.', 'At two locations we do.'])(
    'finds no date in %j',
    (text) => {
      expect(findTimes(wordsOf(text))).toEqual([])
    },
  )
})
