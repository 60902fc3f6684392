import { expect, it } from 'vitest'
import { createRandom } from '../contract/index.ts'
import { conformalWidths } from './conformal.ts'

it('the width is the residual of the rank that makes the guarantee hold', () => {
  const residuals = Array.from({ length: 99 }, (_, i) => i + 1)
  expect(conformalWidths([residuals], 0.8)).toEqual([80])
  expect(conformalWidths([residuals], 0.95)).toEqual([95])
})

it('widths do not shrink with the step, and few residuals borrow from their neighbours', () => {
  const [first = 0, second = 0] = conformalWidths(
    [
      [5, 5, 5],
      [1, 1, 1],
    ],
    0.8,
  )
  expect(second).toBeGreaterThanOrEqual(first)
})

it.each([3, 5, 10])('of %d residuals hold 95 %% of normal values', (count) => {
  const random = createRandom(count)
  let held = 0
  for (let draw = 0; draw < 4000; draw++) {
    const residuals = Array.from({ length: count }, () => Math.abs(random.normal()))
    if (Math.abs(random.normal()) <= (conformalWidths([residuals], 0.95)[0] ?? 0)) held++
  }
  expect(held / 4000).toBeGreaterThan(0.925)
  expect(held / 4000).toBeLessThan(0.985)
})
