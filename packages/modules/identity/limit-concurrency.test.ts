import { expect, test } from 'vitest'
import { limitConcurrency, QueueFullError } from './limit-concurrency.ts'

test('no more than the limit run at once, and the others follow in order', async () => {
  const limit = limitConcurrency(2, 10)
  let running = 0
  let most = 0
  const started: number[] = []
  const work = (id: number) =>
    limit(async () => {
      started.push(id)
      most = Math.max(most, ++running)
      await new Promise((resolve) => setTimeout(resolve, 5))
      running--
      if (id === 1) throw new Error('one fails')
    })
  const results = await Promise.allSettled([0, 1, 2, 3, 4, 5].map(work))
  expect(most).toBe(2)
  expect(started).toEqual([0, 1, 2, 3, 4, 5])
  expect(results.map((result) => result.status)).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
    'fulfilled',
    'fulfilled',
    'fulfilled',
  ])
})

test('a full line refuses at once', async () => {
  const limit = limitConcurrency(1, 1)
  const slow = () => limit(() => new Promise((resolve) => setTimeout(resolve, 20)))
  const accepted = [slow(), slow()]
  await expect(slow()).rejects.toBeInstanceOf(QueueFullError)
  await Promise.all(accepted)
  await expect(slow()).resolves.toBeUndefined()
})
