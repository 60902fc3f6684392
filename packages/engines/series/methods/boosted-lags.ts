import { createRandom, type SavedModel } from '../../contract/index.ts'
import { fitBoosting, loadBoosting, saveBoosting, scoreBoosting, type BoostingModel } from '../../table/index.ts'

/** One boosted model of a whole set: the next change of a series from its lags. */
export interface BoostedLags {
  lags: number[]
  model: BoostingModel
}

/** Rows that are learned from at most; more of the same kind say little that is new. */
const mostRows = 40_000
/** Fewer rows teach trees nothing that a line does not know. */
const fewestRows = 5000
const rounds = 200
/** Lags at most: the recent past first, then the seasons. */
const mostLags = 32

/** A series on the common scale: logarithms where it is positive, in units of its own spread. */
function scale(values: ArrayLike<number>) {
  const n = values.length
  let log = true
  for (let i = 0; i < n && log; i++) if (!(values[i]! > 0)) log = false
  const z = Float64Array.from({ length: n }, (_, i) => (log ? Math.log(values[i]!) : values[i]!))
  let sum = 0
  for (const value of z) sum += value
  const centre = sum / n
  let square = 0
  for (const value of z) square += (value - centre) ** 2
  const spread = Math.sqrt(square / n) || 1
  return { z: z.map((value) => (value - centre) / spread), centre, spread, log }
}

const columnOf = (lag: number) => `lag ${String(lag)}`

/**
 * Gradient boosting on lags over all series at once (the way of the winners of M5: Makridakis, Spiliotis &
 * Assimakopoulos 2022). Everything is measured from the last value and in units of the series' spread, so that series
 * of any size teach each other.
 * @param lags ascending, from 1 on @param step called now and then; what it throws ends the fit
 * @returns null when the set has too few rows to learn from
 */
export function fitBoostedLags(
  set: readonly ArrayLike<number>[],
  lags: readonly number[],
  seed: number,
  step: () => void,
): BoostedLags | null {
  const chosen = lags.length <= mostLags ? [...lags] : spread(lags)
  const longest = chosen.at(-1) ?? 1
  const scaled = set.map((values) => scale(values).z)
  const available = scaled.reduce((sum, z) => sum + Math.max(0, z.length - longest), 0)
  if (available < fewestRows) return null
  const random = createRandom(seed)
  const share = Math.min(1, mostRows / available)
  const columns = new Map<string, number[]>(chosen.slice(1).map((lag) => [columnOf(lag), []]))
  const target: number[] = []
  for (const z of scaled)
    for (let t = longest; t < z.length; t++) {
      if (random.next() >= share) continue
      const last = z[t - 1]!
      for (const lag of chosen.slice(1)) columns.get(columnOf(lag))!.push(z[t - lag]! - last)
      target.push(z[t]! - last)
    }
  const model = fitBoosting(
    { ...Object.fromEntries(columns), change: target },
    { target: 'change', objective: 'squared', earlyStopping: false, rounds, seed, onProgress: step },
  )
  return { lags: chosen, model }
}

/** Every lag of the first dozen, and of the others those that are evenly spread. */
function spread(lags: readonly number[]): number[] {
  const near = lags.slice(0, 12)
  const far = lags.slice(12)
  const step = far.length / (mostLags - near.length)
  const taken = Array.from({ length: mostLags - near.length }, (_, k) => far[Math.floor(k * step)]!)
  return [...new Set([...near, ...taken])]
}

/** Continues every series step by step; each step asks the model once for the whole set. */
export function continueBoostedLags(
  { lags, model }: BoostedLags,
  set: readonly ArrayLike<number>[],
  horizon: number,
): Float64Array[] {
  const scaled = set.map(scale)
  const paths = scaled.map(({ z }) => {
    const path = new Float64Array(z.length + horizon)
    path.set(z)
    return path
  })
  for (let h = 0; h < horizon; h++) {
    const columns = lags.slice(1).map((lag) => [
      columnOf(lag),
      Array.from(paths, (path, i) => {
        const t = scaled[i]!.z.length + h
        return path[Math.max(0, t - lag)]! - path[t - 1]!
      }),
    ])
    const changes = scoreBoosting(model, Object.fromEntries(columns))
    for (const [i, path] of paths.entries()) {
      const t = scaled[i]!.z.length + h
      path[t] = path[t - 1]! + changes[i]!
    }
  }
  return paths.map((path, i) => {
    const { z, centre, spread: unit, log } = scaled[i]!
    return Float64Array.from(path.subarray(z.length), (value) => {
      const level = value * unit + centre
      return log ? Math.exp(level) : level
    })
  })
}

export interface SavedBoostedLags {
  lags: number[]
  model: SavedModel
}

export const saveBoostedLags = ({ lags, model }: BoostedLags): SavedBoostedLags => ({
  lags,
  model: saveBoosting(model),
})

export const loadBoostedLags = ({ lags, model }: SavedBoostedLags): BoostedLags => ({
  lags,
  model: loadBoosting(model),
})
