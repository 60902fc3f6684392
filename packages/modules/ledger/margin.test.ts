import fc from 'fast-check'
import { expect, test } from 'vitest'
import { priceOf, ruleFor, type MarginRule } from './margin.ts'

const rule = (more: Partial<MarginRule> = {}): MarginRule => ({
  id: 'r',
  clientId: null,
  validFrom: new Date('2026-01-01T00:00:00Z'),
  multiplierPermille: 1000,
  fixedMicros: 0,
  includedMicros: 0,
  ...more,
})

test('a fixed price includes some usage; the rest is charged with the multiplier', () => {
  const plan = rule({ fixedMicros: 49_000_000, includedMicros: 10_000_000, multiplierPermille: 1500 })
  expect(priceOf(4_000_000n, plan)).toBe(49_000_000n)
  expect(priceOf(10_000_001n, plan)).toBe(49_000_002n)
  expect(priceOf(12_000_000n, plan)).toBe(52_000_000n)
})

test('half a micro-unit is rounded away from zero, once', () => {
  expect(priceOf(1n, rule({ multiplierPermille: 1500 }))).toBe(2n)
  expect(priceOf(-1n, rule({ multiplierPermille: 1500 }))).toBe(-2n)
  expect(priceOf(1n, rule({ multiplierPermille: 1499 }))).toBe(1n)
})

test('a price never falls when the cost rises, and sums beyond 2^53 stay exact', () => {
  const micros = fc.bigInt(0n, 10n ** 18n)
  fc.assert(
    fc.property(micros, micros, fc.nat(10_000), fc.nat(1e9), (cost, more, multiplierPermille, includedMicros) => {
      const terms = rule({ multiplierPermille, includedMicros })
      expect(priceOf(cost + more, terms) >= priceOf(cost, terms)).toBe(true)
    }),
  )
  expect(priceOf(9_007_199_254_740_993n, rule())).toBe(9_007_199_254_740_993n)
})

test('a client’s own rule comes before the one for all, and a rule begins with a month', () => {
  const rules = [
    rule({ id: 'all', validFrom: new Date('2026-05-01T00:00:00Z') }),
    rule({ id: 'own', clientId: 'c', validFrom: new Date('2026-03-01T00:00:00Z') }),
    rule({ id: 'old', clientId: 'c' }),
  ]
  const id = (client: string, month: string) => ruleFor(rules, client, new Date(`${month}-01T00:00:00Z`))?.id
  expect([id('c', '2026-01'), id('c', '2026-02'), id('c', '2026-03'), id('c', '2026-06')]).toEqual([
    'old',
    'old',
    'own',
    'own',
  ])
  expect([id('d', '2026-04'), id('d', '2026-05')]).toEqual([undefined, 'all'])
})
