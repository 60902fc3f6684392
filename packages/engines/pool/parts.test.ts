import { serialize } from 'node:v8'
import { expect, it } from 'vitest'
import { divide, gather, join } from './parts.ts'

const numbers = (length: number) => Array.from({ length }, (_, i) => i % 7)
const rows = (count: number, length: number) =>
  Array.from({ length: count }, (_, i) => ({ id: String(i), values: numbers(length) }))

/** Bytes that structured clone takes a millisecond or two for. Each of these values has several megabytes. */
const mostBytes = 300_000

it.each([
  ['many small rows', rows(200_000, 1)],
  ['few long rows', rows(5, 200_000)],
  ['both', rows(300, 3000)],
  ['one long list', numbers(1_000_000)],
  ['words', Array.from({ length: 50_000 }, (_, i) => `word ${String(i)} `.repeat(20))],
])('%s travel in slices that are each cloned in a moment, and are whole again', (_, value) => {
  const divided = divide([value, { seed: 1 }])
  expect(divided).not.toBeNull()
  const { args = [], slices = [] } = divided ?? {}
  expect(serialize(args).byteLength).toBeLessThan(mostBytes)
  for (const slice of slices) expect(serialize(slice).byteLength).toBeLessThan(mostBytes)
  const parts = new Map<number, unknown[]>()
  for (const slice of slices) gather(parts, slice)
  expect(join(args, parts)).toEqual([value, { seed: 1 }])
})

it('what is light is sent as it is', () => {
  expect(divide([rows(10, 10), { seed: 1 }])).toBeNull()
})
