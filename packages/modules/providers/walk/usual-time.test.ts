import { expect, test } from 'vitest'
import { createUsualTime } from './usual-time.ts'

test('nothing is said from too few calls', () => {
  const usual = createUsualTime()
  for (let call = 0; call < 19; call++) usual.took('a', 10)
  expect(usual.slow('a')).toBeNull()
  expect(usual.slow('b')).toBeNull()
})

test('the time that 95 of 100 calls do not exceed', () => {
  const usual = createUsualTime()
  for (let call = 100; call > 0; call--) usual.took('a', call)
  expect(usual.slow('a')).toBe(95)
})

test('old calls are forgotten', () => {
  const usual = createUsualTime()
  for (let call = 0; call < 200; call++) usual.took('a', 5_000)
  for (let call = 0; call < 200; call++) usual.took('a', 10)
  expect(usual.slow('a')).toBe(10)
})
