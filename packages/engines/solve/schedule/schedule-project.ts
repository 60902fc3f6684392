import { z } from 'zod'
import {
  checkInput,
  createRandom,
  EngineInputError,
  InfeasibleError,
  Provenance,
  provenanceOf,
  type InputFault,
  type Random,
  type Warning,
} from '../../contract/index.ts'
import { budgetOf, type SearchOptions } from '../search-budget.ts'

const version = '1.0.0'

export const Project = z
  .strictObject({
    activities: z
      .array(
        z.strictObject({
          name: z.string().min(1),
          duration: z.int().nonnegative().max(100_000).describe('In whole units of time of your choice'),
          after: z.array(z.string()).optional().describe('Activities that must be finished before'),
          needs: z
            .record(z.string(), z.int().nonnegative())
            .optional()
            .describe('Units of each resource while it runs'),
        }),
      )
      .min(1),
    resources: z.record(z.string(), z.int().nonnegative()).describe('Units that are there at any time'),
  })
  .describe('Resource-constrained project')
export type Project = z.infer<typeof Project>

export const ProjectSchedule = z.strictObject({
  makespan: z.int(),
  bound: z.int().describe('No schedule is shorter: the longest chain of activities and the work of each resource'),
  gap: z.number().describe('(makespan - bound) / makespan'),
  activities: z.array(z.strictObject({ name: z.string(), start: z.int(), end: z.int() })),
  provenance: Provenance,
})
export type ProjectSchedule = z.infer<typeof ProjectSchedule>

interface Form {
  size: number
  duration: Int32Array
  before: number[][]
  after: number[][]
  /** [resources][activities] */
  needs: Int32Array[]
  capacity: Int32Array
  horizon: number
  /** Place in an order that keeps all precedences. */
  place: Int32Array
}

const populationSize = 40
const mutationShare = 0.05
const schedulesPerActivity = 200

/**
 * Short schedule of a project whose activities share resources: a genetic algorithm over activity lists, where each child
 * is scheduled serially and then justified to the right and to the left.
 *
 * Source: Hartmann, Naval Research Logistics 45, 1998; Valls, Ballestín & Quintanilla, European Journal of Operational
 * Research 165, 2005 (justification).
 * @throws EngineInputError for unknown names and activities that wait for each other
 * @throws InfeasibleError when an activity needs more of a resource than there is
 */
export function scheduleProject(input: Project, options: SearchOptions = {}): ProjectSchedule {
  const project = checkInput(Project, input)
  const form = readProject(project)
  const budget = budgetOf(options, Math.max(2_000, schedulesPerActivity * form.size))
  const random = createRandom(budget.seed)
  const bound = boundOf(form)
  let made = 0
  const born = (list: number[]) => {
    made++
    let starts = serial(form, list, false)
    const rightmost = byTime(form, (a) => starts[a]! + form.duration[a]!).toReversed()
    const right = serial(form, rightmost, true)
    starts = shorter(
      form,
      starts,
      serial(
        form,
        byTime(form, (a) => right[a]!),
        false,
      ),
    )
    return { starts, list: byTime(form, (a) => starts[a]!), makespan: makespanOf(form, starts) }
  }
  const rank = longestToEnd(form)
  let population = Array.from({ length: populationSize }, (_, i) =>
    born(precedenceList(form, (a) => (i === 0 ? -rank[a]! : -rank[a]! * random.next()), random)),
  )
  let best = population.reduce((b, each) => (each.makespan < b.makespan ? each : b))
  while (best.makespan > bound && budget.share(made, best.makespan) < 1) {
    const draw = () => {
      const [a, b] = [population[random.integer(population.length)]!, population[random.integer(population.length)]!]
      return a.makespan <= b.makespan ? a : b
    }
    const children = Array.from({ length: populationSize }, () => {
      const child = crossed(draw().list, draw().list, random)
      mutate(form, child, random)
      return born(child)
    })
    population = [...population, ...children].sort((a, b) => a.makespan - b.makespan).slice(0, populationSize)
    best = population[0]!
  }
  const warnings: Warning[] = budget.clocked()
    ? [
        {
          code: 'time-limit',
          message: 'The time limit decided how long was searched; a longer search may find a shorter schedule.',
        },
      ]
    : []
  return {
    makespan: best.makespan,
    bound,
    gap: best.makespan === 0 ? 0 : (best.makespan - bound) / best.makespan,
    activities: project.activities.map(({ name, duration }, a) => ({
      name,
      start: best.starts[a]!,
      end: best.starts[a]! + duration,
    })),
    provenance: provenanceOf(
      'solve/project',
      version,
      budget.seed,
      [project, { iterations: options.iterations }],
      warnings,
    ),
  }
}

function readProject(project: Project): Form {
  const { activities, resources } = project
  const index = new Map<string, number>()
  const faults: InputFault[] = []
  for (const [row, { name }] of activities.entries()) {
    if (index.has(name))
      throw new EngineInputError('duplicate-key', [
        { field: 'activities.name', row, message: `${name} is there twice` },
      ])
    index.set(name, row)
  }
  const names = Object.keys(resources)
  const before = activities.map(({ after }, row) =>
    (after ?? []).flatMap((name) => {
      const found = index.get(name)
      if (found !== undefined) return [found]
      faults.push({ field: 'activities.after', row, message: `there is no activity ${name}` })
      return []
    }),
  )
  for (const [row, { needs }] of activities.entries())
    for (const name of Object.keys(needs ?? {}))
      if (!Object.hasOwn(resources, name))
        faults.push({ field: 'activities.needs', row, message: `there is no resource ${name}` })
  if (faults.length > 0) throw new EngineInputError('unknown-name', faults)
  const size = activities.length
  const after: number[][] = activities.map(() => [])
  for (const [a, list] of before.entries()) for (const b of list) after[b]!.push(a)
  const form: Form = {
    size,
    duration: Int32Array.from(activities, ({ duration }) => duration),
    before,
    after,
    needs: names.map((name) => Int32Array.from(activities, ({ needs }) => needs?.[name] ?? 0)),
    capacity: Int32Array.from(names, (name) => resources[name] ?? 0),
    horizon: activities.reduce((sum, { duration }) => sum + duration, 0),
    place: new Int32Array(size),
  }
  const ordered = precedenceList(form, (a) => a, createRandom(1))
  for (const [place, a] of ordered.entries()) form.place[a] = place
  if (ordered.length < size)
    throw new EngineInputError('out-of-range', [
      { field: 'activities.after', row: null, message: 'activities wait for each other in a circle' },
    ])
  const conflict = activities.flatMap(({ name, needs }) =>
    Object.entries(needs ?? {}).flatMap(([resource, units]) =>
      units > (resources[resource] ?? 0)
        ? [`${name} needs ${String(units)} of ${resource}, which has ${String(resources[resource] ?? 0)}`]
        : [],
    ),
  )
  if (conflict.length > 0)
    throw new InfeasibleError(`Some activities need more than there is: ${conflict.join('; ')}.`, conflict)
  return form
}

/** Each activity at its earliest time in the order of the list; backwards: at its latest. */
function serial(form: Form, list: readonly number[], backwards: boolean): Int32Array {
  const { duration, before, after, needs, capacity, horizon } = form
  const used = capacity.length === 0 ? [] : needs.map(() => new Int32Array(horizon))
  // Backwards is forwards on a clock that runs from the end.
  const start = new Int32Array(form.size)
  for (const a of list) {
    const length = duration[a]!
    let time = 0
    for (const b of backwards ? after[a]! : before[a]!) time = Math.max(time, start[b]! + duration[b]!)
    for (let k = length > 0 ? 0 : used.length; k < used.length;) {
      const need = needs[k]![a]!
      let clash = -1
      if (need > 0)
        for (let t = time + length - 1; t >= time; t--)
          if (used[k]![t]! + need > capacity[k]!) {
            clash = t
            break
          }
      if (clash < 0) k++
      else {
        time = clash + 1
        k = 0
      }
    }
    start[a] = time
    for (let k = 0; k < used.length; k++) {
      const need = needs[k]![a]!
      if (need > 0) for (let t = time; t < time + length; t++) used[k]![t]! += need
    }
  }
  if (!backwards) return start
  const end = makespanOf(form, start)
  return start.map((time, a) => end - time - duration[a]!)
}

const makespanOf = (form: Form, starts: Int32Array) =>
  starts.reduce((most, start, a) => Math.max(most, start + form.duration[a]!), 0)

function shorter(form: Form, one: Int32Array, other: Int32Array): Int32Array {
  return makespanOf(form, other) <= makespanOf(form, one) ? other : one
}

/** Activities by time; at the same time predecessors come first, also those without length. */
function byTime(form: Form, time: (activity: number) => number): number[] {
  return byKey(form.size, (a) => time(a) * form.size + form.place[a]!)
}

function byKey(size: number, key: (activity: number) => number): number[] {
  return Array.from({ length: size }, (_, a) => a).sort((a, b) => key(a) - key(b) || a - b)
}

/** A list in which no activity comes before its predecessors, by least key. Shorter than all activities when there is a circle. */
function precedenceList(form: Form, key: (activity: number) => number, random: Random): number[] {
  const open = form.before.map((list) => list.length)
  const value = Float64Array.from({ length: form.size }, (_, a) => key(a) + 1e-9 * random.next())
  const ready = byKey(form.size, (a) => a).filter((a) => open[a] === 0)
  const list: number[] = []
  while (ready.length > 0) {
    const at = ready.reduce((least, a, i) => (value[a]! < value[ready[least]!]! ? i : least), 0)
    const [a = 0] = ready.splice(at, 1)
    list.push(a)
    for (const b of form.after[a]!) if (--open[b]! === 0) ready.push(b)
  }
  return list
}

function longestToEnd(form: Form): Int32Array {
  const longest = new Int32Array(form.size)
  for (const a of precedenceList(form, (each) => each, createRandom(1)).toReversed())
    longest[a] = form.duration[a]! + Math.max(0, ...form.after[a]!.map((b) => longest[b]!))
  return longest
}

function boundOf(form: Form): number {
  const work = form.needs.map((needs, k) => {
    const total = needs.reduce((sum, need, a) => sum + need * form.duration[a]!, 0)
    return total === 0 ? 0 : Math.ceil(total / form.capacity[k]!)
  })
  return Math.max(0, ...work, ...longestToEnd(form))
}

/** Two-point crossover: the ends from one parent, the middle in the order of the other. */
function crossed(one: readonly number[], other: readonly number[], random: Random): number[] {
  const [x, y] = [random.integer(one.length + 1), random.integer(one.length + 1)]
  const [from, to] = [Math.min(x, y), Math.max(x, y)]
  const child = one.slice(0, from)
  const taken = new Set(child)
  const take = (list: readonly number[], until: number) => {
    for (const a of list) {
      if (child.length >= until) return
      if (taken.has(a)) continue
      taken.add(a)
      child.push(a)
    }
  }
  take(other, to)
  take(one, one.length)
  return child
}

/** Neighbours that do not depend on each other change places now and then. */
function mutate(form: Form, list: number[], random: Random): void {
  for (let i = 0; i + 1 < list.length; i++) {
    const [a, b] = [list[i]!, list[i + 1]!]
    if (random.next() < mutationShare && !form.before[b]!.includes(a)) {
      list[i] = b
      list[i + 1] = a
    }
  }
}
