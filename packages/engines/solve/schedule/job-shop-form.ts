/** A job shop as numbers: operations of a job follow each other, `jobStart[j]` to `jobStart[j + 1] - 1`. */
export interface JobShopForm {
  jobs: number
  machines: number
  operations: number
  jobStart: Int32Array
  jobOf: Int32Array
  machineOf: Int32Array
  duration: Int32Array
  /** Earliest start of the first operation of each job. */
  release: Int32Array
}

/** Operations of each machine in their order. */
export type MachineOrders = Int32Array[]

/**
 * Least makespan that any schedule can have: the longest job, and for each machine the preemptive schedule of its
 * operations with their heads and tails (Jackson 1955; Carlier, European Journal of Operational Research 11, 1982).
 */
export function makespanBound(form: JobShopForm): number {
  const { operations, jobs, jobStart, duration, machineOf, release } = form
  const head = new Int32Array(operations)
  const tail = new Int32Array(operations)
  let bound = 0
  for (let j = 0; j < jobs; j++) {
    let time = release[j]!
    for (let o = jobStart[j]!; o < jobStart[j + 1]!; o++) {
      head[o] = time
      time += duration[o]!
    }
    bound = Math.max(bound, time)
    let rest = 0
    for (let o = jobStart[j + 1]! - 1; o >= jobStart[j]!; o--) {
      tail[o] = rest
      rest += duration[o]!
    }
  }
  for (let m = 0; m < form.machines; m++) {
    const own: number[] = []
    for (let o = 0; o < operations; o++) if (machineOf[o] === m && duration[o]! > 0) own.push(o)
    bound = Math.max(bound, preemptiveBound(own, head, tail, duration))
  }
  return bound
}

/** Always the released operation with the longest tail; it gives way to a longer one. */
function preemptiveBound(own: readonly number[], head: Int32Array, tail: Int32Array, duration: Int32Array): number {
  const coming = own.toSorted((a, b) => head[a]! - head[b]!)
  const left = new Map(own.map((o) => [o, duration[o]!]))
  const open: number[] = []
  let time = 0
  let next = 0
  let bound = 0
  while (open.length > 0 || next < coming.length) {
    if (open.length === 0) time = Math.max(time, head[coming[next]!]!)
    while (next < coming.length && head[coming[next]!]! <= time) open.push(coming[next++]!)
    open.sort((a, b) => tail[a]! - tail[b]!)
    const o = open.at(-1)!
    const until = next < coming.length ? head[coming[next]!]! : Infinity
    const run = Math.min(left.get(o)!, until - time)
    time += run
    left.set(o, left.get(o)! - run)
    if (left.get(o) === 0) {
      open.pop()
      bound = Math.max(bound, time + tail[o]!)
    }
  }
  return bound
}
