/**
 * Least makespan of operations that exclude each other, each with the time before it (head) and after it (tail), if they
 * could be interrupted: always the released operation with the longest tail; it gives way to a longer one.
 *
 * Source: Jackson 1955; Carlier, European Journal of Operational Research 11, 1982.
 */
export function preemptiveBound(
  own: readonly number[],
  head: Int32Array,
  tail: Int32Array,
  duration: Int32Array,
): number {
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
