import { expect, test } from 'vitest'
import { passage } from '../testing/knowledge-of.ts'
import { citePassages } from './cite-passages.ts'

const base = crypto.randomUUID()
const prices = passage(base, 'Price list', 'We are open on weekdays. A cut costs 25 euros. A shave costs 15 euros.')
const rules = passage(base, 'House rules', 'Cancel a day before. Late guests lose their slot.')

test('a citation quotes the sentence that says what the answer says, word for word', () => {
  const items = citePassages('A shave is 15 euros [1]. You should cancel one day before. [2]', [prices, rules])
  expect(items).toMatchObject([
    { marker: 1, passageId: prices.id, title: 'Price list', quote: 'A shave costs 15 euros.', locator: { page: 3 } },
    { marker: 2, passageId: rules.id, quote: 'Cancel a day before.' },
  ])
  for (const item of items) {
    const cited = item.marker === 1 ? prices : rules
    expect(cited.text.slice(item.start, item.end)).toBe(item.quote)
  }
})

test('only passages that the answer names are cited, once each with their best quote', () => {
  const items = citePassages('Hello [2]. Late guests lose their slot [2].', [prices, rules])
  expect(items).toMatchObject([{ marker: 2, quote: 'Late guests lose their slot.' }])
})

test('a claim that shares no word with its passage still quotes the passage', () => {
  const [item] = citePassages('Oui [1].', [prices])
  expect(prices.text).toContain(item?.quote)
  expect(item?.quote.length).toBeGreaterThan(0)
})

test('a long sentence is quoted to the end of a word', () => {
  const long = passage(base, 'Long', `${'endless '.repeat(100)}words.`)
  const [item] = citePassages('endless words [1]', [long])
  expect(item?.quote.length).toBeLessThanOrEqual(400)
  expect(item?.quote.endsWith('endless')).toBe(true)
})
