import { createRandom, type Random } from '../../contract/index.ts'
import { budgetOf, type SearchOptions } from '../search-budget.ts'
import { makespanBound, type JobShopForm, type MachineOrders } from './job-shop-form.ts'
import { ordersOf, tabuSearch, type OrderedShop } from './tabu-search.ts'

export interface FoundShop {
  starts: Int32Array
  makespan: number
  bound: number
  clocked: boolean
}

const populationSize = 10
/** Moves without improvement after which a tabu search ends. */
const patience = 2_500
/** Combinations without an improvement of the population after which it begins anew. */
const generationsUntilRestart = 60
const movesPerOperation = 8_000

/**
 * Tabu search with path relinking: schedules of a population are combined, improved, and take the place of the worst.
 * A combination orders the operations by a blend of their starts in both parents, so that it keeps what they agree on.
 *
 * Source: Peng, Lü & Cheng, Computers & Operations Research 53, 2015.
 */
export function searchJobShop(form: JobShopForm, options: SearchOptions = {}): FoundShop {
  const budget = budgetOf(options, movesPerOperation * form.operations)
  const random = createRandom(budget.seed)
  const bound = makespanBound(form)
  const improve = tabuSearch(form, random)
  let done = 0
  let best: OrderedShop | null = null
  let over = false
  const mayGoOn = () => {
    done += 128
    if (budget.share(done, best?.makespan) >= 1) over = true
    return !over
  }
  const improved = (orders: MachineOrders) => {
    const shop = improve(orders, patience, bound, mayGoOn)
    if (!best || shop.makespan < best.makespan) best = shop
    return shop
  }
  const finished = () => over || (best !== null && best.makespan <= bound)

  do {
    const population: OrderedShop[] = []
    while (population.length < populationSize && !finished())
      population.push(improved(dispatched(form, () => random.next(), random)))
    for (let stale = 0; stale < generationsUntilRestart && !finished() && population.length > 1; stale++) {
      const a = random.integer(population.length)
      const b = (a + 1 + random.integer(population.length - 1)) % population.length
      const [one, other] = [population[a]!, population[b]!]
      const share = 0.3 + 0.4 * random.next()
      const spread = 0.05 * one.makespan
      const child = improved(
        dispatched(
          form,
          (o) => (1 - share) * one.starts[o]! + share * other.starts[o]! + spread * random.next(),
          random,
        ),
      )
      const worst = population.reduce((w, each, i) => (each.makespan > population[w]!.makespan ? i : w), 0)
      const known = population.some((each) => each.makespan === child.makespan && sameStarts(each.starts, child.starts))
      if (!known && child.makespan <= population[worst]!.makespan) {
        if (child.makespan < population[worst]!.makespan) stale = 0
        population[worst] = child
      }
    }
  } while (!finished())
  const { starts, makespan } =
    best ??
    improve(
      dispatched(form, () => random.next(), random),
      1,
      bound,
      () => false,
    )
  return { starts, makespan, bound, clocked: budget.clocked() }
}

/** Orders made by taking, again and again, the next operation of a job that has the least priority value. */
function dispatched(form: JobShopForm, priority: (operation: number) => number, random: Random): MachineOrders {
  const next = form.jobStart.slice(0, form.jobs)
  const value = Float64Array.from({ length: form.jobs }, (_, j) => priority(next[j]!))
  const place = new Int32Array(form.operations)
  const jobs = random.shuffle(Array.from({ length: form.jobs }, (_, j) => j))
  for (let at = 0; at < form.operations; at++) {
    let chosen = -1
    for (const j of jobs) if (next[j]! < form.jobStart[j + 1]! && (chosen < 0 || value[j]! < value[chosen]!)) chosen = j
    const o = next[chosen]!
    place[o] = at
    next[chosen] = o + 1
    if (o + 1 < form.jobStart[chosen + 1]!) value[chosen] = priority(o + 1)
  }
  return ordersOf({ ...form, duration: new Int32Array(form.operations) }, place)
}

function sameStarts(a: Int32Array, b: Int32Array): boolean {
  for (let o = 0; o < a.length; o++) if (a[o] !== b[o]) return false
  return true
}
