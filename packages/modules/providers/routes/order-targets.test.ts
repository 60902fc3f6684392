import { expect, test } from 'vitest'
import type { RouteTarget } from '../schema.ts'
import { orderTargets } from './order-targets.ts'

const target = (model: string, rank: number, weight: number): RouteTarget => ({ provider: 'p', model, rank, weight })
const models = (targets: readonly RouteTarget[], seed: string) => orderTargets(targets, seed).map(({ model }) => model)

test('a lower rank comes first whatever its weight', () => {
  const targets = [target('late', 2, 1000), target('early', 1, 1)]
  for (let seed = 0; seed < 50; seed++) expect(models(targets, String(seed))).toEqual(['early', 'late'])
})

test('inside a rank each is first as often as its weight says', () => {
  const targets = [target('a', 1, 3), target('b', 1, 1)]
  const first = Array.from({ length: 4000 }, (_, seed) => models(targets, `run-${seed}`)[0])
  const share = first.filter((model) => model === 'a').length / first.length
  // Standard error of a share of 0.75 in 4000 draws: 0.0068.
  expect(share).toBeGreaterThan(0.75 - 4 * 0.0068)
  expect(share).toBeLessThan(0.75 + 4 * 0.0068)
})

test('weight 0 is asked only when the others of its rank have failed', () => {
  const targets = [target('spare', 1, 0), target('a', 1, 1), target('b', 1, 0.001)]
  for (let seed = 0; seed < 50; seed++) expect(models(targets, String(seed)).at(-1)).toBe('spare')
})

test('the same run gets the same order, and a further target does not redraw the others', () => {
  const two = [target('a', 1, 1), target('b', 1, 1)]
  const three = [...two, target('c', 1, 1)]
  for (let seed = 0; seed < 50; seed++) {
    const order = models(two, String(seed))
    expect(models(two, String(seed))).toEqual(order)
    expect(models(three, String(seed)).filter((model) => model !== 'c')).toEqual(order)
  }
})
