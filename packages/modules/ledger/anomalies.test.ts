import { expect, test } from 'vitest'
import { median, unusualErrors, unusualSpend } from './anomalies.ts'

const usd = (amount: number) => amount * 1_000_000
const usual = Array.from({ length: 28 }, (_, day) => usd(day % 7 < 5 ? 4 + (day % 3) * 0.2 : 1))

test('a day far above its own history is unusual, a busy one is not', () => {
  expect(unusualSpend(usual, usd(5))).toBeNull()
  expect(unusualSpend(usual, usd(20))).toMatchObject({ median: usd(4) })
})

test('one earlier outlier does not blind it', () => {
  const withOutlier = usual.with(3, usd(400))
  expect(unusualSpend(withOutlier, usd(20))).not.toBeNull()
})

test('cents, a steady client who spends a little more, and a client without history are no alarm', () => {
  expect(unusualSpend(Array<number>(28).fill(1000), 400_000)).toBeNull()
  expect(unusualSpend(Array<number>(28).fill(usd(100)), usd(110))).toBeNull()
  expect(unusualSpend(Array<number>(28).fill(usd(100)), usd(150))).not.toBeNull()
  expect(unusualSpend([usd(1), usd(1)], usd(50))).toBeNull()
})

test('a client who spends on few days is compared with all of its days', () => {
  const rare = Array<number>(28).fill(0).with(4, usd(2)).with(20, usd(2))
  expect(unusualSpend(rare, usd(0.4))).toBeNull()
  expect(unusualSpend(rare, usd(9))).not.toBeNull()
})

test('a provider that suddenly fails is unusual, one that always fails or hardly answers is not', () => {
  expect(unusualErrors({ calls: 1000, failed: 10 }, { calls: 50, failed: 20 })).toMatchObject({ share: 0.4 })
  expect(unusualErrors({ calls: 1000, failed: 400 }, { calls: 50, failed: 21 })).toBeNull()
  expect(unusualErrors({ calls: 1000, failed: 10 }, { calls: 5, failed: 5 })).toBeNull()
  expect(unusualErrors({ calls: 1000, failed: 0 }, { calls: 100, failed: 1 })).toBeNull()
})

test('the median of an even number of values is between the two in the middle', () => {
  expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([])]).toEqual([2, 2.5, 0])
})
