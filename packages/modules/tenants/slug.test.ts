import { Slug } from '@guildhall/kernel'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { slugOf } from './slug.ts'

test('a slug is what is left of a name in plain letters', () => {
  expect(slugOf('Zürich Barbers & Co.')).toBe('zurich-barbers-co')
  expect(slugOf('Straße 7')).toBe('strasse-7')
  expect(slugOf('  --  ')).toBe('client')
})

test('every name gives a slug that routes accept', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (name) => {
      expect(Slug.safeParse(slugOf(name)).success).toBe(true)
    }),
  )
})
