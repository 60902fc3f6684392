import { setImmediate } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { EngineInputError, InfeasibleError } from '../contract/index.ts'
import { createPool, runInWorker, WorkerLostError } from './index.ts'
import type * as work from './work-for-tests.ts'

const url = new URL('./work-for-tests.ts', import.meta.url)
const pool = createPool({ size: 2, graceMillis: 500 })
afterAll(() => pool.close())

/** Time of this thread alone: a machine that others use as well delays any thread. */
function ownMillis(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

/** What comes of a question, and for how long this thread computed at a stretch at most while it was on its way. */
async function stretchOf<T>(ask: () => Promise<T>): Promise<{ answer: T; longest: number }> {
  const state = { ended: false, longest: 0 }
  let before = ownMillis()
  const running = ask()
  state.longest = ownMillis() - before
  const end = () => {
    state.ended = true
  }
  void running.then(end, end)
  do {
    before = ownMillis()
    await setImmediate()
    state.longest = Math.max(state.longest, ownMillis() - before)
  } while (!state.ended)
  return { answer: await running, longest: state.longest }
}

async function answers(size: number): Promise<string> {
  const pool = createPool({ size })
  const seeds = Array.from({ length: 6 }, (_, index) => index)
  const all = seeds.map((seed) => pool.run<typeof work.sumOfDraws>(url, 'sumOfDraws', [1000], { seed }))
  const sums = await Promise.all(all)
  await pool.close()
  return JSON.stringify(sums)
}

describe('a function in a worker thread', () => {
  it('answers what a direct call would, and tells its progress', async () => {
    const shares: number[] = []
    const { sumOfDraws } = await import('./work-for-tests.ts')
    const options = { seed: 4, onProgress: (share: number) => void shares.push(share) }
    const answer = await runInWorker<typeof work.sumOfDraws>(url, 'sumOfDraws', [20_000], options)

    expect(answer).toEqual(sumOfDraws(20_000, { seed: 4 }))
    expect(shares.at(-1)).toBe(1)
  })

  it('gives the same answers whatever the number of workers', async () => {
    expect(await answers(1)).toBe(await answers(3))
  })

  it('leaves the caller free: its thread computes less than 10 ms at a stretch', async () => {
    const { answer, longest } = await stretchOf(() => pool.run<typeof work.busy>(url, 'busy', [], { maxMillis: 400 }))
    expect(answer).toBeGreaterThan(1000)
    expect(longest).toBeLessThan(10)
  })

  it.each([
    ['many small rows', 200_000, 1],
    ['few long rows', 5, 200_000],
    ['both', 300, 3000],
  ])('sends %s in parts, so that the caller stays free, and they arrive whole', async (_, count, length) => {
    const values = Array.from({ length }, (_each, i) => i % 7)
    const rows = Array.from({ length: count }, (_each, i) => ({ id: String(i), values }))
    const weights = Array.from({ length: 100_000 }, () => 1)
    const { answer, longest } = await stretchOf(() =>
      pool.run<typeof work.describeRows>(url, 'describeRows', [rows], { weights }),
    )
    const sum = count * values.reduce((total, value) => total + value, 0)
    expect(answer).toEqual({
      rows: count,
      values: count * length,
      sum,
      last: String(count - 1),
      weights: 100_000,
    })
    // At once it takes from 50 ms on; garbage collection has its share.
    expect(longest).toBeLessThan(25)
  })

  it.each([
    ['many small rows', 200_000, 1],
    ['few long rows', 5, 200_000],
    ['both', 300, 3000],
  ])('takes in %s in parts as well, and they are what a direct call would answer', async (_, count, length) => {
    const { makeRows } = await import('./work-for-tests.ts')
    const { answer, longest } = await stretchOf(() => pool.run<typeof work.makeRows>(url, 'makeRows', [count, length]))
    expect(answer).toEqual(makeRows(count, length))
    // At once it takes from 50 ms on; garbage collection has its share.
    expect(longest).toBeLessThan(25)
  })

  it('sends an array once that a thousand rows share', async () => {
    const costs = new Int32Array(100_000).fill(3)
    const vehicles = Array.from({ length: 1000 }, (_, id) => ({ id, costs }))
    const answer = await pool.run<typeof work.countMatrices>(url, 'countMatrices', [vehicles])
    expect(answer).toEqual({ kinds: 1, sum: 300_000 })
  })

  it('stops sending to a thread when the caller aborts', async () => {
    const pool = createPool({ size: 1, graceMillis: 10_000 })
    const rows = Array.from({ length: 100_000 }, (_, i) => ({ id: String(i), values: [i] }))
    const controller = new AbortController()
    const running = pool.run(url, 'describeRows', [rows], { signal: controller.signal })
    controller.abort(new Error('no longer wanted'))
    await expect(running).rejects.toThrow('no longer wanted')
    expect((await pool.run<typeof work.sumOfDraws>(url, 'sumOfDraws', [10])).drawn).toHaveLength(10)
    await pool.close()
  })

  it('refuses what cannot be cloned in a part as well', async () => {
    const rows = Array.from({ length: 50_000 }, (_, i) => ({ id: String(i), values: i === 49_999 ? () => 1 : [] }))
    await expect(pool.run(url, 'describeRows', [rows])).rejects.toThrow('could not be cloned')
    expect((await pool.run<typeof work.sumOfDraws>(url, 'sumOfDraws', [10])).drawn).toHaveLength(10)
  })

  it('keeps the class of an error and what it says', async () => {
    const refuse = (how: string) => pool.run(url, 'refuse', [], { how })
    const input = await refuse('input').catch((error: unknown) => error)

    expect(input).toBeInstanceOf(EngineInputError)
    expect(input).toMatchObject({ code: 'not-finite', faults: [{ field: 'price', row: 2, message: 'is NaN' }] })
    await expect(refuse('infeasible')).rejects.toThrow(new InfeasibleError('no plan', ['a', 'b']))
    await expect(refuse('range')).rejects.toBeInstanceOf(RangeError)
    await expect(pool.run(url, 'nothing', [])).rejects.toThrow('exports no function nothing')
    await expect(pool.run('https://example.org/x.js', 'x', [])).rejects.toThrow('file: URLs only')
    await expect(pool.run(url, 'busy', [() => 1])).rejects.toThrow('could not be cloned')
  })

  it('moves arrays that the caller gives away', async () => {
    const given = new Float64Array(100)
    await pool.run(url, 'sumOfDraws', [1], { given, transfer: [given.buffer] })
    expect(given).toHaveLength(0)
  })
})

describe('an abort', () => {
  it('reaches a loop that receives no messages, and the thread goes on to the next question', async () => {
    const pool = createPool({ size: 1, graceMillis: 10_000 })
    const controller = new AbortController()
    const running = pool.run(url, 'busy', [], { signal: controller.signal })
    const waiting = pool.run<typeof work.sumOfDraws>(url, 'sumOfDraws', [10])
    setTimeout(() => controller.abort(new Error('no longer wanted')), 50)

    await expect(running).rejects.toThrow('no longer wanted')
    expect((await waiting).drawn).toHaveLength(10)
    await pool.close()
  })

  it('takes a question out of the queue, and refuses one that is already aborted', async () => {
    const pool = createPool({ size: 1 })
    const running = pool.run<typeof work.busy>(url, 'busy', [], { maxMillis: 50 })
    const controller = new AbortController()
    const waiting = pool.run(url, 'stuck', [], { signal: controller.signal })
    controller.abort(new Error('changed my mind'))

    await expect(waiting).rejects.toThrow('changed my mind')
    await expect(pool.run(url, 'stuck', [], { signal: controller.signal })).rejects.toThrow('changed my mind')
    expect(await running).toBeGreaterThan(0)
    await pool.close()
  })
})

describe('a thread that is lost', () => {
  it('by a crash is replaced, and its caller told', async () => {
    await expect(pool.run(url, 'crash', [])).rejects.toBeInstanceOf(WorkerLostError)
    expect((await pool.run<typeof work.sumOfDraws>(url, 'sumOfDraws', [10])).drawn).toHaveLength(10)
  })

  it('by a loop without end is replaced after its limit', async () => {
    await expect(pool.run(url, 'stuck', [], { maxMillis: 10 })).rejects.toThrow('did not answer within 500 ms')
    expect((await pool.run<typeof work.sumOfDraws>(url, 'sumOfDraws', [10])).drawn).toHaveLength(10)
  })

  it('by closing the pool tells whoever waits', async () => {
    const pool = createPool({ size: 1 })
    const both = [pool.run(url, 'busy', []), pool.run(url, 'busy', [])].map((run) =>
      expect(run).rejects.toThrow('closed'),
    )
    await pool.close()
    await Promise.all(both)
  })
})
