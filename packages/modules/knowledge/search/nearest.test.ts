import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nearest } from './nearest.ts'
import { bytesToVector, vectorToBytes } from './vector-bytes.ts'

const vector = (dims: number) =>
  fc.array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: dims, maxLength: dims })

test('finds the same as sorting all similarities', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 9 }).chain((dims) => fc.tuple(vector(dims), fc.array(vector(dims), { maxLength: 40 }))),
      fc.integer({ min: 1, max: 12 }),
      async ([query, rows], limit) => {
        const block = {
          ids: rows.map((_, row) => String(row)),
          dims: query.length,
          vectors: Float32Array.from(rows.flat()),
        }
        const found = await nearest(block, Float32Array.from(query), limit)
        const all = rows.map((row) => row.reduce((sum, value, i) => sum + value * (query[i] ?? 0), 0))
        expect(found.map(({ similarity }) => similarity.toFixed(6))).toEqual(
          all
            .toSorted((a, b) => b - a)
            .slice(0, limit)
            .map((similarity) => similarity.toFixed(6)),
        )
      },
    ),
  )
})

test('vectors of another length are not compared', async () => {
  expect(await nearest({ ids: ['a'], dims: 2, vectors: Float32Array.of(1, 0) }, Float32Array.of(1, 0, 0), 5)).toEqual(
    [],
  )
})

test('a vector comes back from its bytes, wherever they start', () => {
  const given = Float32Array.of(0.5, -0.25, 3e-8)
  const shifted = Buffer.concat([Buffer.from([7]), vectorToBytes(given)]).subarray(1)
  expect(bytesToVector(shifted)).toEqual(given)
})
