import { naiveStep } from './accuracy.ts'
import { forecastAll, forecastIntermittent, type Forecasts, type Request } from './candidates.ts'
import type { Trial } from './ensemble.ts'
import { TimeOver } from './time-over.ts'

/** One series at one earlier origin. */
interface Attempt extends Trial {
  /** Place of the series in the set. */
  series: number
  /** Steps that were known. */
  origin: number
}

export interface RollingResult {
  names: string[]
  attempts: Attempt[]
  /** Whether the time was over before all origins were tried. */
  cut: boolean
}

/**
 * Forecasts the same horizon from earlier origins, with only what was known then (Tashman 2000).
 * @param origins how many, one horizon apart, the last one horizon before the end
 * @param fewest steps that must be known
 * @returns the origins that were done when the request's `watch` said by a TimeOver that there is no more time
 */
export function rollOrigins(
  set: readonly Float64Array[],
  request: Request & { intermittent: boolean; origins: number; fewest: number },
): RollingResult {
  const { horizon, seasons, origins, fewest, intermittent } = request
  const found: Found[] = []
  let names: string[] = []
  for (let back = 1; back <= origins; back++) {
    const members = [...set.keys()].filter((i) => set[i]!.length - back * horizon >= fewest)
    if (members.length === 0) break
    const known = members.map((i) => set[i]!.subarray(0, set[i]!.length - back * horizon))
    const paths = pathsInTime(() =>
      (intermittent ? forecastIntermittent : forecastAll)(known, {
        ...request,
        watch: (share) => request.watch?.((back - 1 + share) / origins),
      }),
    )
    if (!paths) return { names, attempts: attemptsOf(found, names), cut: true }
    // A shorter past may not allow a method; what cannot be compared everywhere is not chosen.
    names = back === 1 ? [...paths.keys()] : names.filter((name) => paths.has(name))
    for (const [k, i] of members.entries()) {
      const origin = known[k]!.length
      found.push({
        series: i,
        origin,
        actual: set[i]!.subarray(origin, origin + horizon),
        step: stepOf(known[k]!, seasons),
        byName: new Map([...paths].map(([name, path]) => [name, path[k]!])),
      })
    }
  }
  return { names, attempts: attemptsOf(found, names), cut: false }
}

type Found = Omit<Attempt, 'forecasts'> & { byName: Map<string, Float64Array> }

const attemptsOf = (found: readonly Found[], names: readonly string[]): Attempt[] =>
  found.map(({ byName, ...attempt }) => ({ ...attempt, forecasts: names.map((name) => byName.get(name)!) }))

/** Null when the time was over first. */
function pathsInTime(compute: () => Forecasts): Forecasts['paths'] | null {
  try {
    return compute().paths
  } catch (error) {
    if (error instanceof TimeOver) return null
    throw error
  }
}

/** Unit of a series' errors: its usual step from cycle to cycle, never zero. */
export function stepOf(values: Float64Array, seasons: readonly number[]): number {
  const season = seasons.find((each) => values.length >= 2 * each) ?? 1
  const step = naiveStep(values, season)
  if (step > 0) return step
  let size = 0
  for (const value of values) size = Math.max(size, Math.abs(value))
  return size > 0 ? 1e-6 * size : 1
}
