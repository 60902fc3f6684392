import { checkInput, EngineInputError, Provenance, provenanceOf, type Warning } from '../../contract/index.ts'
import { runBeside, runSearches, type SearchesOptions } from '../run-searches.ts'
import type { RouteBound } from './bound-routes.ts'
import { describeRoutes } from './describe-routes.ts'
import { readProblem, type FleetProblem } from './fleet-problem.ts'
import { scheduleRoute } from './fleet-schedule.ts'
import type { FoundRoutes } from './search-routes.ts'
import { RoutingProblem, RoutingSolution } from './vroom.ts'

const version = '1.1.0'

/** An answer in VROOM's JSON, and where it comes from. */
export const PlannedRoutes = RoutingSolution.extend({ provenance: Provenance })
export type PlannedRoutes = RoutingSolution & { provenance: Provenance }

export type RoutingOptions = SearchesOptions

/** Of the time limit, kept for the bound; and at most so many milliseconds. */
const boundShare = 0.1
const mostBoundMillis = 1_500

/**
 * Routes for a fleet: capacities, time windows, shipments, shifts and breaks, skills, depots, open routes, limits.
 * As in VROOM the sum of the priorities of served tasks comes first, then their number, then the cost. What is `done` in a
 * vehicle's `steps` stays as it is, and the rest is planned anew (at `changeCost` for each task that changes its vehicle).
 * `summary.bound` says what serving the same tasks costs at least.
 * @throws EngineInputError naming the job, shipment or vehicle
 */
export async function planRoutes(input: RoutingProblem, options: RoutingOptions = {}): Promise<PlannedRoutes> {
  const given = checkInput(RoutingProblem, input)
  const problem = readProblem(given)
  refuseImpossiblePast(problem)
  const { iterations, seed = 1, searches = 1, maxMillis } = options
  const started = performance.now()
  const reserved = maxMillis === undefined ? 0 : Math.min(mostBoundMillis, boundShare * maxMillis)
  const found = await runSearches<FoundRoutes>(
    new URL('./search-routes.ts', import.meta.url),
    'searchRoutes',
    [problem],
    { ...options, maxMillis: maxMillis === undefined ? undefined : maxMillis - reserved },
    (result) => result.score,
  )
  const left = maxMillis === undefined ? undefined : Math.max(0, maxMillis - (performance.now() - started))
  const bounded = await runBeside<RouteBound>(
    new URL('./bound-routes.ts', import.meta.url),
    'boundRoutes',
    [problem, found.routes],
    { searches, signal: options.signal, maxMillis: left },
  )
  const warnings: Warning[] = []
  if (problem.assumedTravel)
    warnings.push({
      code: 'travel-assumed',
      message: 'No matrices were given: distances are great circles times 1.3, speed is 50 km/h.',
    })
  if (found.clocked)
    warnings.push({
      code: 'time-limit',
      message: 'The time limit decided how long was searched; a longer search may find better routes.',
    })
  else if (bounded.clocked)
    warnings.push({ code: 'time-limit', message: 'The time limit came before the bound was as high as it can be.' })
  return {
    ...describeRoutes(given, problem, found.routes, bounded.bound / problem.costScale),
    provenance: provenanceOf('solve/routing', version, seed, [given, { iterations, searches }], warnings),
  }
}

function refuseImpossiblePast(problem: FleetProblem): void {
  const faults = problem.vehicles.flatMap((vehicle, row) =>
    vehicle.done > 0 && !scheduleRoute(problem, { ...vehicle, breaks: [] }, vehicle.planned.slice(0, vehicle.done))
      ? [
          {
            field: 'vehicles.steps',
            row,
            message: 'what is done does not fit the windows, capacity or shift; correct those to what happened',
          },
        ]
      : [],
  )
  if (faults.length > 0) throw new EngineInputError('out-of-range', faults)
}
