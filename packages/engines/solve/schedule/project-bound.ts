import { preemptiveBound } from './preemptive-bound.ts'
import type { ProjectForm } from './project-form.ts'

/** Activities with so many others are compared pair by pair. */
const mostCompared = 600

/**
 * No schedule is shorter: the longest chain of activities, the work of each resource, and sets of activities of which no
 * two can run at the same time, as on one machine with heads and tails.
 *
 * Source: Mingozzi, Maniezzo, Ricciardelli & Bianco, Management Science 44(5), 1998 (sets of incompatible activities);
 * Carlier & Latapie, RAIRO 25, 1991 (one machine for such a set).
 * @param rank longest time from the start of each activity to the end of the project
 */
export function projectBound(form: ProjectForm, rank: Int32Array): number {
  const { size, duration, needs, capacity } = form
  const work = needs.map((list, k) => {
    const total = list.reduce((sum, need, a) => sum + need * duration[a]!, 0)
    return total === 0 ? 0 : Math.ceil(total / capacity[k]!)
  })
  let bound = Math.max(0, ...work, ...rank)
  if (size > mostCompared) return bound
  const tail = rank.map((time, a) => time - duration[a]!)
  const head = new Int32Array(size)
  const order = Array.from({ length: size }, (_, a) => a).toSorted((a, b) => form.place[a]! - form.place[b]!)
  // Ancestors of each activity, as one row of bits each.
  const ancestors = Array.from({ length: size }, () => new Uint8Array(size))
  for (const a of order)
    for (const b of form.before[a]!) {
      head[a] = Math.max(head[a]!, head[b]! + duration[b]!)
      ancestors[a]![b] = 1
      for (let c = 0; c < size; c++) if (ancestors[b]![c] === 1) ancestors[a]![c] = 1
    }
  const exclude = (a: number, b: number) =>
    ancestors[a]![b] === 1 || ancestors[b]![a] === 1 || needs.some((list, k) => list[a]! + list[b]! > capacity[k]!)
  const longest = order.filter((a) => duration[a]! > 0).toSorted((a, b) => duration[b]! - duration[a]! || a - b)
  for (const first of longest) {
    const set = [first]
    for (const other of longest) if (other !== first && set.every((a) => exclude(a, other))) set.push(other)
    bound = Math.max(bound, preemptiveBound(set, head, tail, duration))
  }
  return bound
}
