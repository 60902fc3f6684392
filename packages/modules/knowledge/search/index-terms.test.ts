import { expect, test } from 'vitest'
import { indexedTerms, searchTerms } from './index-terms.ts'

/** Whether a term of the question meets one of the text, as PostgreSQL decides it: equal, or a prefix with `:*`. */
function meets(question: string, text: string): boolean {
  const indexed = indexedTerms(text)
    .split(' ')
    .map((term) => term.slice(1, -1))
  return searchTerms(question).some(({ query }) =>
    [...query.matchAll(/'([^']+)'(:\*)?/g)].some(([, term = '', prefix]) =>
      indexed.some((each) => (prefix ? each.startsWith(term) : each === term)),
    ),
  )
}

test.each([
  ['English inflection', 'Was it paid?', 'The customer pays in advance.'],
  ['German inflection', 'Wann haben Sie geöffnet?', 'Die Öffnungszeiten sind von 9 bis 18 Uhr und nicht am Sonntag.'],
  ['Italian inflection', 'A che ora aprite?', 'Il negozio è aperto da lunedì a venerdì, non la domenica.'],
  ['accents', 'cafe', 'Le café est fermé pour les vacances et le dimanche.'],
  ['compounds', 'Versicherung', 'Die Versicherungsnummer steht auf der Karte, die Sie bei uns haben.'],
  ['numbers', 'article 4711', 'Article no. 4711 is sold out.'],
  ['scripts without spaces', '営業時間', '当店の営業時間は九時から五時までです。'],
  ['grammar words only', 'The Who', 'They play The Who on the radio.'],
])('a question meets its text: %s', (_what, question, text) => {
  expect(meets(question, text)).toBe(true)
})

test('a question about something else does not', () => {
  expect(meets('How much is a haircut?', 'The river is two miles from the castle.')).toBe(false)
})

test('signs without words give no terms', () => {
  expect(searchTerms('?! -- …')).toEqual([])
  expect(indexedTerms('')).toBe('')
})

test('what could break out of a quoted term is not part of one', () => {
  expect(indexedTerms(`it's a 'trick' \\ & | !(:*)`)).not.toMatch(/[\\&|!(:*]/)
  expect(searchTerms(`robert'); drop table`).map(({ token }) => token)).toEqual(['robert', 'drop', 'table'])
})
