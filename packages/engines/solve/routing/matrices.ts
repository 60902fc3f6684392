import { EngineInputError } from '../../contract/index.ts'
import type { RoutingProblem } from './vroom.ts'

/** Travel between all places of a problem, [places][places] row-major. */
export interface TravelMatrix {
  places: number
  durations: Int32Array
  distances: Int32Array
  /** Given costs that stand for time and distance; null when there are none. */
  costs: Int32Array | null
}

/** Metres per second on the direct line, and how much longer roads are than it. */
const assumedSpeed = 50_000 / 3600
const detour = 1.3
const earthRadius = 6_371_008.8

type Located = { location?: [number, number] | undefined; location_index?: number | undefined }

/** Where everything lies, and how far it is; `assumed` when no matrix was given. */
export function travelOf(problem: RoutingProblem): {
  placeOf: (located: Located, field: string, row: number) => number
  matrixOf: (profile: string) => TravelMatrix
  assumed: boolean
} {
  if (problem.matrices) {
    const { matrices } = problem
    const read = new Map<string, TravelMatrix>()
    let places = 0
    for (const [profile, given] of Object.entries(matrices)) {
      const size = given.durations.length
      if (read.size > 0 && size !== places)
        throw new EngineInputError('wrong-length', [
          { field: `matrices.${profile}.durations`, row: null, message: 'all matrices must have the same size' },
        ])
      places = size
      const flat = (matrix: number[][] | undefined, name: string) => {
        if (!matrix) return null
        const faults = matrix.flatMap((row, i) =>
          row.length === size
            ? []
            : [{ field: `matrices.${profile}.${name}`, row: i, message: `must have ${String(size)} columns` }],
        )
        if (matrix.length !== size)
          faults.push({ field: `matrices.${profile}.${name}`, row: 0, message: `must have ${String(size)} rows` })
        if (faults.length > 0) throw new EngineInputError('wrong-length', faults)
        return Int32Array.from({ length: size * size }, (_, i) => matrix[Math.floor(i / size)]?.[i % size] ?? 0)
      }
      read.set(profile, {
        places: size,
        durations: flat(given.durations, 'durations') ?? new Int32Array(0),
        distances: flat(given.distances, 'distances') ?? new Int32Array(size * size),
        costs: flat(given.costs, 'costs'),
      })
    }
    return {
      assumed: false,
      placeOf(located, field, row) {
        const index = located.location_index
        if (index === undefined || index >= places)
          throw new EngineInputError('out-of-range', [
            { field, row, message: `needs an index into the matrices, 0 to ${String(places - 1)}` },
          ])
        return index
      },
      matrixOf(profile) {
        const found = read.get(profile)
        if (!found)
          throw new EngineInputError('unknown-name', [
            { field: 'vehicles.profile', row: null, message: `there are no matrices for the profile ${profile}` },
          ])
        return found
      },
    }
  }

  const known = new Map<string, number>()
  const points: [number, number][] = []
  let matrix: TravelMatrix | null = null
  return {
    assumed: true,
    placeOf(located, field, row) {
      const { location } = located
      if (!location)
        throw new EngineInputError('empty', [{ field, row, message: 'needs a location, or an index and matrices' }])
      const key = location.join()
      const found = known.get(key) ?? points.push(location) - 1
      known.set(key, found)
      return found
    },
    matrixOf() {
      matrix ??= greatCircles(points)
      return matrix
    },
  }
}

/** Haversine formula on the mean sphere. */
function greatCircles(points: readonly [number, number][]): TravelMatrix {
  const places = points.length
  const durations = new Int32Array(places * places)
  const distances = new Int32Array(places * places)
  const radians = Math.PI / 180
  for (const [i, [lon, lat]] of points.entries())
    for (const [j, [otherLon, otherLat]] of points.entries()) {
      const halfLat = Math.sin(((otherLat - lat) * radians) / 2)
      const halfLon = Math.sin(((otherLon - lon) * radians) / 2)
      const h = halfLat ** 2 + Math.cos(lat * radians) * Math.cos(otherLat * radians) * halfLon ** 2
      const metres = 2 * earthRadius * Math.asin(Math.min(1, Math.sqrt(h))) * detour
      distances[i * places + j] = Math.round(metres)
      durations[i * places + j] = Math.round(metres / assumedSpeed)
    }
  return { places, durations, distances, costs: null }
}
