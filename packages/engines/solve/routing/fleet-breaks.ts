import { endOfTime, type FleetProblem, type FleetVehicle } from './fleet-problem.ts'
import { earliestIn } from './fleet-schedule.ts'

type Node = FleetProblem['nodes'][number]

/** Two rows of times, used in turn while a route is looked at. */
let scratch = [new Float64Array(0), new Float64Array(0)]

/**
 * Earliest departures after a leg and a visit, by the number of breaks taken until then; a break may interrupt the leg.
 * @param now earliest departures before the leg, from `at` on; Infinity where it cannot be
 * @param node null for the end of the route
 */
function advance(
  vehicle: FleetVehicle,
  now: Float64Array,
  at: number,
  next: Float64Array,
  to: number,
  leg: number,
  node: Node | null,
  setup: number,
): void {
  const pauses = vehicle.breaks.length
  for (let b = 0; b <= pauses; b++) next[to + b] = Infinity
  for (let b = 0; b <= pauses; b++) {
    let time = now[at + b]!
    if (time === Infinity) continue
    let rest = leg
    for (let then = b; ; then++) {
      let end = time + rest
      if (node) {
        const begin = earliestIn(node.windows, end)
        end = begin > endOfTime ? Infinity : begin + setup + node.service
      }
      if (end <= vehicle.close && end < next[to + then]!) next[to + then] = end
      if (then === pauses) break
      const pause = vehicle.breaks[then]!
      const begin = earliestIn(pause.windows, time)
      if (begin > endOfTime) break
      rest = Math.max(0, rest - (begin - time))
      time = begin + pause.service
    }
  }
}

/** Earliest departures after the start and each visit by the number of breaks taken, [visits + 1][breaks + 1]. */
export function departuresByBreaks(
  problem: FleetProblem,
  vehicle: FleetVehicle,
  list: readonly number[],
): Float64Array {
  const stride = vehicle.breaks.length + 1
  const { places } = vehicle.matrix
  const leave = new Float64Array((list.length + 1) * stride).fill(Infinity)
  leave[0] = vehicle.open
  let at = vehicle.start
  for (let i = 0; i < list.length; i++) {
    const node = problem.nodes[list[i]!]!
    const leg = at < 0 ? 0 : vehicle.durations[at * places + node.place]!
    advance(vehicle, leave, i * stride, leave, (i + 1) * stride, leg, node, at === node.place ? 0 : node.setup)
    at = node.place
  }
  return leave
}

/**
 * Whether all breaks can be taken on a route with a unit more; breaks that ask for a load are not looked at.
 * @param leave as of `departuresByBreaks`
 */
export function takesBreaks(
  problem: FleetProblem,
  vehicle: FleetVehicle,
  list: readonly number[],
  leave: Float64Array,
  unit: readonly number[],
  first: number,
  second: number,
): boolean {
  const stride = vehicle.breaks.length + 1
  const { places } = vehicle.matrix
  if (scratch[0]!.length < stride) scratch = [new Float64Array(stride), new Float64Array(stride)]
  let now = scratch[0]!
  let next = scratch[1]!
  for (let b = 0; b < stride; b++) now[b] = leave[first * stride + b]!
  let at = first === 0 ? vehicle.start : problem.nodes[list[first - 1]!]!.place
  let placed = 0
  for (let i = first; ;) {
    const inserted = placed < unit.length && i === (placed === 0 ? first : second)
    if (!inserted && i === list.length) break
    const node = problem.nodes[inserted ? unit[placed]! : list[i]!]!
    const leg = at < 0 ? 0 : vehicle.durations[at * places + node.place]!
    advance(vehicle, now, 0, next, 0, leg, node, at === node.place ? 0 : node.setup)
    ;[now, next] = [next, now]
    at = node.place
    if (inserted) placed++
    else i++
    let possible = false
    let later = inserted || placed < unit.length
    for (let b = 0; b < stride; b++) {
      if (now[b]! < Infinity) possible = true
      if (!later && now[b]! > leave[i * stride + b]!) later = true
    }
    if (!possible) return false
    if (!later) return true
  }
  const leg = at < 0 || vehicle.end < 0 ? 0 : vehicle.durations[at * places + vehicle.end]!
  advance(vehicle, now, 0, next, 0, leg, null, 0)
  return next[stride - 1]! < Infinity
}
