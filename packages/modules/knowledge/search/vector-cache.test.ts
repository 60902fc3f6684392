import { expect, test, vi } from 'vitest'
import { createVectorCache, type VectorBlock } from './vector-cache.ts'

const block = (rows: number): VectorBlock => ({
  ids: Array.from({ length: rows }, (_, row) => String(row)),
  dims: 4,
  vectors: new Float32Array(rows * 4),
})
const loads = (rows: number) => vi.fn(async () => block(rows))
const key = (tenantId: string, baseId = 'base') => ({ tenantId, baseId, model: 'model' })

test('a block is loaded once per version', async () => {
  const cache = createVectorCache(1e6)
  const load = loads(10)
  const first = await cache.get(key('a'), 1, load)
  expect(await cache.get(key('a'), 1, load)).toBe(first)
  expect(load).toHaveBeenCalledTimes(1)
  await cache.get(key('a'), 2, load)
  expect(load).toHaveBeenCalledTimes(2)
})

test('tenants never share a block, even under the same base id', async () => {
  const cache = createVectorCache(1e6)
  const [a, b] = [loads(1), loads(2)]
  expect((await cache.get(key('a'), 1, a)).ids).toHaveLength(1)
  expect((await cache.get(key('b'), 1, b)).ids).toHaveLength(2)
  expect(b).toHaveBeenCalledTimes(1)
})

test('simultaneous askers share one load', async () => {
  const cache = createVectorCache(1e6)
  const load = loads(10)
  await Promise.all([cache.get(key('a'), 1, load), cache.get(key('a'), 1, load)])
  expect(load).toHaveBeenCalledTimes(1)
})

test('the least recently used block gives way, and one that is too large is not kept', async () => {
  const bytes = 10 * 4 * 4 + 10 * 40
  const cache = createVectorCache(2 * bytes)
  const [a, b, c, large] = [loads(10), loads(10), loads(10), loads(1000)]
  await cache.get(key('a'), 1, a)
  await cache.get(key('b'), 1, b)
  await cache.get(key('a'), 1, a)
  await cache.get(key('c'), 1, c)
  await cache.get(key('large'), 1, large)
  expect(cache.bytes()).toBe(2 * bytes)
  await cache.get(key('a'), 1, a)
  await cache.get(key('b'), 1, b)
  expect([a, b].map((load) => load.mock.calls.length)).toEqual([1, 2])
})

test('a failed load is not remembered', async () => {
  const cache = createVectorCache(1e6)
  const load = vi.fn<() => Promise<VectorBlock>>().mockRejectedValueOnce(new Error('away')).mockResolvedValue(block(1))
  await expect(cache.get(key('a'), 1, load)).rejects.toThrow('away')
  expect((await cache.get(key('a'), 1, load)).ids).toEqual(['0'])
})
