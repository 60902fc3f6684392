import { preemptiveBound } from './preemptive-bound.ts'

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
