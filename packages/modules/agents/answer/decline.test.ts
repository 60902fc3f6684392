import { expect, test } from 'vitest'
import { refusedTopic } from './decline.ts'

test('a topic is refused where its words stand together, whatever their case and accents', () => {
  expect(refusedTopic('What about POLITICS today?', ['politics'])).toBe('politics')
  expect(refusedTopic('Tell me about the Bürger Meister', ['burger meister'])).toBe('burger meister')
  expect(refusedTopic('medical and legal advice', ['medical advice'])).toBeNull()
  expect(refusedTopic('I like geopolitics', ['politics'])).toBeNull()
})

test('a topic without words refuses nothing', () => {
  expect(refusedTopic('What is it?', ['???'])).toBeNull()
})
