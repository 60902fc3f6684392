import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { splitSentences } from './sentences.ts'

const sentences = (text: string): string[] => splitSentences(text).map(({ start, end }) => text.slice(start, end))

test('sentences end at full stops, question and exclamation marks, also inside closing quotes', () => {
  expect(sentences('We open at nine. Do you? Yes! "Come in." He left… Then rain.')).toEqual([
    'We open at nine.',
    'Do you?',
    'Yes!',
    '"Come in."',
    'He left…',
    'Then rain.',
  ])
})

test('abbreviations, initials, decimals and clock times do not end a sentence', () => {
  expect(sentences('Dr. J. Smith pays approx. 3.50 EUR, e.g. at 9.30 a day. It is fine.')).toEqual([
    'Dr. J. Smith pays approx. 3.50 EUR, e.g. at 9.30 a day.',
    'It is fine.',
  ])
  expect(sentences('Die Miete beträgt ca. 80 Euro, z.B. am 3. Mai. Danach mehr.')).toEqual([
    'Die Miete beträgt ca. 80 Euro, z.B. am 3. Mai.',
    'Danach mehr.',
  ])
  expect(sentences('Il sig. Rossi arriva alle 9. Poi parte.')).toEqual(['Il sig. Rossi arriva alle 9.', 'Poi parte.'])
})

test('items, table rows, headings and turns on lines of their own are sentences without their list marks', () => {
  expect(
    sentences(
      'Prices\n\nWhat | EUR\nCut | 25\n\n- wash your hands\n- knock\n1. first\n\nAnna: Hello there\nMarco: Good day',
    ),
  ).toEqual([
    'Prices',
    'What | EUR',
    'Cut | 25',
    'wash your hands',
    'knock',
    'first',
    'Anna: Hello there',
    'Marco: Good day',
  ])
})

test('a sentence that an editor wrapped over several lines stays whole', () => {
  const text =
    'The shop is closed on Sunday and Monday, and on every public\nholiday that falls on a working day in the country of\nour main office. Otherwise we open.'
  expect(sentences(text)).toEqual([text.slice(0, text.indexOf(' Otherwise')), 'Otherwise we open.'])
})

test('sentences of Chinese and Japanese end without white space', () => {
  expect(sentences('今日は休みです。明日は九時に開きます。')).toEqual(['今日は休みです。', '明日は九時に開きます。'])
})

test('ranges are in order, do not overlap, and leave out only white space and list marks', () => {
  const pieces = fc.constantFrom(
    'We open.',
    'Is it?',
    '\n',
    '\n\n',
    '- item',
    ' ',
    'Dr. Who',
    'a | b',
    '3.',
    'word',
    'Anna: yes',
    '…',
    'e.g.',
    '１。',
  )
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 30 }), fc.constantFrom('', ' '), (parts, glue) => {
      const text = parts.join(glue)
      let at = 0
      let skipped = ''
      for (const { start, end } of splitSentences(text)) {
        expect(start).toBeGreaterThanOrEqual(at)
        expect(end).toBeGreaterThan(start)
        skipped += text.slice(at, start)
        at = end
      }
      skipped += text.slice(at)
      expect(skipped.replace(/[-*•–\s]|\d{1,3}[.)]/g, '')).toBe('')
    }),
  )
})
