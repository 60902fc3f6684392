import { expect, it } from 'vitest'
import { EngineInputError } from '../contract/index.ts'
import { createPool } from '../pool/index.ts'
import type * as stats from './index.ts'
import { bootstrapReserve } from './index.ts'

const url = new URL('./index.ts', import.meta.url)
const triangle = {
  origins: ['a', 'b', 'c', 'd'],
  cumulative: [[100, 150, 180, 190], [110, 170, 200], [120, 168], [130]],
}

it('the engine answers the same bytes in a worker thread, with its errors and its time limit', async () => {
  const pool = createPool({ size: 1 })
  const options = { draws: 500, seed: 9 }
  const [there, stopped, refused] = await Promise.all([
    pool.run<typeof stats.bootstrapReserve>(url, 'bootstrapReserve', [triangle], options),
    pool.run<typeof stats.bootstrapReserve>(url, 'bootstrapReserve', [triangle], { draws: 1_000_000, maxMillis: 20 }),
    pool.run<typeof stats.fitGarch>(url, 'fitGarch', [[0.01, Number.NaN]]).catch((error: unknown) => error),
  ])
  await pool.close()

  expect(JSON.stringify(there)).toBe(JSON.stringify(bootstrapReserve(triangle, options)))
  expect(stopped.draws).toBeLessThan(1_000_000)
  expect(refused).toBeInstanceOf(EngineInputError)
  expect(refused).toMatchObject({ code: 'not-finite', faults: [{ field: 'returns', row: 1 }, { field: 'returns' }] })
})
