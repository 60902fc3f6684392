import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { openClusterLock } from './cluster-lock.ts'

const folder = mkdtempSync(join(tmpdir(), 'gh-lock-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('only one holder works at a time, also when the work fails', async () => {
  let inside = 0
  let most = 0
  const work = async () => {
    most = Math.max(most, ++inside)
    await sleep(10)
    inside--
    throw new Error('failed')
  }
  const results = await Promise.allSettled([1, 2, 3, 4].map(() => openClusterLock(folder).exclusively(work)))
  expect(results.map((result) => result.status)).toEqual(Array.from({ length: 4 }, () => 'rejected'))
  expect(most).toBe(1)
})

test('the last user to leave is told so, and only that one', () => {
  const [first, second, third] = [openClusterLock(folder), openClusterLock(folder), openClusterLock(folder)]
  first.join()
  second.join()
  third.join()
  expect(second.leave()).toBe(false)
  second.join()
  second.join()
  expect([third.leave(), first.leave(), second.leave()]).toEqual([false, false, true])
})
