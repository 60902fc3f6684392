import { createRandom } from '../contract/index.ts'

/** Level, trend, a weekly season and noise. */
export function seasonal(n: number, { seed = 1, trend = 0.1, noise = 1, level = 100 } = {}): number[] {
  const random = createRandom(seed)
  return Array.from(
    { length: n },
    (_, t) => level + trend * t + 10 * Math.sin((2 * Math.PI * t) / 7) + noise * random.normal(),
  )
}

export const set = (count: number, n: number) =>
  Array.from({ length: count }, (_, i) => ({ id: `s${String(i)}`, values: seasonal(n, { seed: i + 1 }) }))

export const options = { horizon: 7, seasons: [7] }
