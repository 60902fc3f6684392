import type { Random } from '../../contract/index.ts'
import type { JobShopForm, MachineOrders } from './job-shop-form.ts'

/** A schedule by the orders on its machines. */
export interface OrderedShop {
  orders: MachineOrders
  makespan: number
  /** Start of each operation, [operations]. */
  starts: Int32Array
}

/**
 * Tabu search over the blocks of a critical path: an operation moves to the front or the back of its block, or the first
 * or last one inside it (neighbourhood N6, Balas & Vazacopoulos, Management Science 44(2), 1998, with the moves of N7,
 * Zhang et al., Computers & Operations Research 34, 2007); moves are judged by heads and tails along the block alone.
 * @returns a function that improves given orders for at most so many moves, and keeps the best schedule it met
 */
export function tabuSearch(form: JobShopForm, random: Random) {
  const { operations: size, jobs, machines, jobStart, jobOf, machineOf, duration, release } = form
  const none = -1
  const jobBefore = new Int32Array(size).fill(none)
  const jobAfter = new Int32Array(size).fill(none)
  for (let j = 0; j < jobs; j++)
    for (let o = jobStart[j]!; o < jobStart[j + 1]!; o++) {
      if (o > jobStart[j]!) jobBefore[o] = o - 1
      if (o + 1 < jobStart[j + 1]!) jobAfter[o] = o + 1
    }
  const before = new Int32Array(size)
  const after = new Int32Array(size)
  const head = new Int32Array(size)
  const tail = new Int32Array(size)
  const topological = new Int32Array(size)
  const waiting = new Int32Array(size)
  const path = new Int32Array(size)
  /** Iteration until which the first must not come before the second, [operations][operations]. */
  const tabu = new Int32Array(size * size)
  const newHead = new Int32Array(size)
  const segment = new Int32Array(size)
  const bestStarts = new Int32Array(size)
  const tenure = 10 + jobs / Math.max(1, machines)
  const tenureSpread = jobs <= 2 * machines ? 0.4 : 0.5
  let iteration = 0

  /** Heads and tails of all operations. @returns the makespan, or -1 for orders that go round in a circle */
  const measure = (): number => {
    let filled = 0
    for (let o = 0; o < size; o++) {
      const links = (jobBefore[o] === none ? 0 : 1) + (before[o] === none ? 0 : 1)
      waiting[o] = links
      if (links === 0) topological[filled++] = o
    }
    let makespan = 0
    for (let i = 0; i < filled; i++) {
      const o = topological[i]!
      const jb = jobBefore[o]!
      const mb = before[o]!
      let start = jb === none ? release[jobOf[o]!]! : head[jb]! + duration[jb]!
      if (mb !== none && head[mb]! + duration[mb]! > start) start = head[mb]! + duration[mb]!
      head[o] = start
      if (start + duration[o]! > makespan) makespan = start + duration[o]!
      const ja = jobAfter[o]!
      if (ja !== none && --waiting[ja]! === 0) topological[filled++] = ja
      const ma = after[o]!
      if (ma !== none && --waiting[ma]! === 0) topological[filled++] = ma
    }
    if (filled < size) return -1
    for (let i = size - 1; i >= 0; i--) {
      const o = topological[i]!
      const ja = jobAfter[o]!
      const ma = after[o]!
      let rest = ja === none ? 0 : tail[ja]! + duration[ja]!
      if (ma !== none && tail[ma]! + duration[ma]! > rest) rest = tail[ma]! + duration[ma]!
      tail[o] = rest
    }
    return makespan
  }

  /** One critical path, drawn at random where it forks. @returns its length */
  const drawPath = (makespan: number): number => {
    let found = 0
    let o = none
    for (let each = 0; each < size; each++)
      if (
        head[each] === (jobBefore[each] === none ? release[jobOf[each]!]! : -1) &&
        makespan === head[each]! + duration[each]! + tail[each]! &&
        random.integer(++found) === 0
      )
        o = each
    let length = 0
    while (o !== none) {
      path[length++] = o
      const end = head[o]! + duration[o]!
      const ja = jobAfter[o]!
      const ma = after[o]!
      const byJob = ja !== none && head[ja] === end && makespan === end + duration[ja]! + tail[ja]!
      const byMachine = ma !== none && head[ma] === end && makespan === end + duration[ma]! + tail[ma]!
      o = byJob && byMachine ? (random.next() < 0.5 ? ja : ma) : byJob ? ja : byMachine ? ma : none
    }
    return length
  }

  const estimate = (count: number): number => {
    // `segment` holds the new order of operations that stood side by side; heads forwards, then tails backwards.
    let leftmost = segment[0]!
    for (let i = 1; i < count; i++) if (head[segment[i]!]! < head[leftmost]!) leftmost = segment[i]!
    let rightmost = segment[0]!
    for (let i = 1; i < count; i++) if (tail[segment[i]!]! < tail[rightmost]!) rightmost = segment[i]!
    const outerLeft = before[leftmost]!
    const outerRight = after[rightmost]!
    let time = outerLeft === none ? 0 : head[outerLeft]! + duration[outerLeft]!
    for (let i = 0; i < count; i++) {
      const o = segment[i]!
      const jb = jobBefore[o]!
      const byJob = jb === none ? release[jobOf[o]!]! : head[jb]! + duration[jb]!
      if (byJob > time) time = byJob
      newHead[i] = time
      time += duration[o]!
    }
    let rest = outerRight === none ? 0 : tail[outerRight]! + duration[outerRight]!
    let longest = 0
    for (let i = count - 1; i >= 0; i--) {
      const o = segment[i]!
      const ja = jobAfter[o]!
      const byJob = ja === none ? 0 : tail[ja]! + duration[ja]!
      if (byJob > rest) rest = byJob
      rest += duration[o]!
      if (newHead[i]! + rest > longest) longest = newHead[i]! + rest
    }
    return longest
  }

  let chosenFrom = 0
  let chosenTo = 0
  let chosenValue = 0
  let chosenTies = 0
  let anyFrom = 0
  let anyTo = 0
  let anyCount = 0

  /** Considers moving the operation at place `from` of the path to place `to` of the same block. */
  const consider = (from: number, to: number, best: number) => {
    const u = path[from]!
    if (from < to) {
      // Right after the one at `to`: no circle when the tail of u's job is no longer (Balas & Vazacopoulos 1998).
      const v = path[to]!
      const ja = jobAfter[u]!
      if (to > from + 1 && ja !== none && tail[v]! + duration[v]! < tail[ja]! + duration[ja]!) return
    } else {
      const v = path[to]!
      const jb = jobBefore[u]!
      if (from > to + 1 && jb !== none && head[v]! + duration[v]! < head[jb]! + duration[jb]!) return
    }
    let count = 0
    let forbidden = false
    if (from < to) {
      for (let i = from + 1; i <= to; i++) {
        if (jobOf[path[i]!] === jobOf[u]) return
        segment[count++] = path[i]!
        if (tabu[path[i]! * size + u]! > iteration) forbidden = true
      }
      segment[count++] = u
    } else {
      segment[count++] = u
      for (let i = to; i < from; i++) {
        if (jobOf[path[i]!] === jobOf[u]) return
        segment[count++] = path[i]!
        if (tabu[u * size + path[i]!]! > iteration) forbidden = true
      }
    }
    if (random.integer(++anyCount) === 0) {
      anyFrom = from
      anyTo = to
    }
    const value = estimate(count)
    if (forbidden && value >= best) return
    if (value < chosenValue) chosenTies = 0
    if (value <= chosenValue && random.integer(++chosenTies) === 0) {
      chosenValue = value
      chosenFrom = from
      chosenTo = to
    }
  }

  const move = (from: number, to: number) => {
    const u = path[from]!
    const until = iteration + Math.floor(tenure * (1 + random.next() * tenureSpread))
    if (from < to) for (let i = from + 1; i <= to; i++) tabu[u * size + path[i]!] = until
    else for (let i = to; i < from; i++) tabu[path[i]! * size + u] = until
    const [b, a] = [before[u]!, after[u]!]
    if (b !== none) after[b] = a
    if (a !== none) before[a] = b
    const v = path[to]!
    if (from < to) {
      const next = after[v]!
      after[v] = u
      before[u] = v
      after[u] = next
      if (next !== none) before[next] = u
    } else {
      const previous = before[v]!
      before[v] = u
      after[u] = v
      before[u] = previous
      if (previous !== none) after[previous] = u
    }
  }

  return function improve(start: MachineOrders, moves: number, target: number, mayGoOn: () => boolean): OrderedShop {
    before.fill(none)
    after.fill(none)
    for (const order of start)
      for (let i = 1; i < order.length; i++) {
        before[order[i]!] = order[i - 1]!
        after[order[i - 1]!] = order[i]!
      }
    tabu.fill(0)
    iteration = 0
    let best = Infinity
    let stale = 0
    while (stale < moves) {
      const makespan = measure()
      if (makespan < 0) throw new Error('A move of the tabu search made a circle.')
      if (makespan < best) {
        best = makespan
        bestStarts.set(head)
        stale = 0
        if (best <= target) break
      }
      if ((iteration & 127) === 127 && !mayGoOn()) break
      iteration++
      stale++
      const length = drawPath(makespan)
      chosenValue = Infinity
      chosenTies = 0
      anyCount = 0
      for (let first = 0; first < length;) {
        let last = first
        while (last + 1 < length && machineOf[path[last + 1]!] === machineOf[path[first]!]) last++
        for (let i = first; i < last; i++) {
          consider(i, last, best)
          if (i > first) consider(first, i, best)
        }
        for (let i = first + 1; i <= last; i++) {
          if (i > first + 1 || last > first + 1) consider(i, first, best)
          if (i < last && i > first) consider(last, i, best)
        }
        first = last + 1
      }
      if (anyCount === 0) break
      if (chosenValue === Infinity) move(anyFrom, anyTo)
      else move(chosenFrom, chosenTo)
    }
    return { makespan: best, starts: bestStarts.slice(), orders: ordersOf(form, bestStarts) }
  }
}

/** Orders on the machines by the starts; operations without length before those that begin with them. */
export function ordersOf(form: JobShopForm, starts: Int32Array): MachineOrders {
  const lists: number[][] = Array.from({ length: form.machines }, () => [])
  for (let o = 0; o < form.operations; o++) lists[form.machineOf[o]!]?.push(o)
  return lists.map((list) =>
    Int32Array.from(
      list.sort(
        (a, b) => starts[a]! - starts[b]! || starts[a]! + form.duration[a]! - starts[b]! - form.duration[b]! || a - b,
      ),
    ),
  )
}
