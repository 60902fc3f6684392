import { z } from 'zod'
import { checkInput, createRandom, Provenance, provenanceOf, type Random, type Warning } from '../../contract/index.ts'
import { budgetOf, type SearchOptions } from '../search-budget.ts'
import { projectBound } from './project-bound.ts'
import { byKey, longestToEnd, precedenceList, readProject, type ProjectForm } from './project-form.ts'

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
  bound: z
    .int()
    .describe(
      'No schedule is shorter: the longest chain, the work of each resource, and activities that exclude each other',
    ),
  gap: z.number().describe('(makespan - bound) / makespan'),
  activities: z.array(z.strictObject({ name: z.string(), start: z.int(), end: z.int() })),
  provenance: Provenance,
})
export type ProjectSchedule = z.infer<typeof ProjectSchedule>

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
  const rank = longestToEnd(form)
  const bound = projectBound(form, rank)
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
  let population = [born(precedenceList(form, (a) => -rank[a]!, random))]
  while (population.length < populationSize && !budget.expired())
    population.push(born(precedenceList(form, (a) => -rank[a]! * random.next(), random)))
  let best = population.reduce((b, each) => (each.makespan < b.makespan ? each : b))
  while (best.makespan > bound && budget.share(made, best.makespan * form.unit) < 1) {
    const draw = () => {
      const [a, b] = [population[random.integer(population.length)]!, population[random.integer(population.length)]!]
      return a.makespan <= b.makespan ? a : b
    }
    const children: typeof population = []
    while (children.length < populationSize && !budget.expired()) {
      const child = crossed(draw().list, draw().list, random)
      mutate(form, child, random)
      children.push(born(child))
    }
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
    makespan: best.makespan * form.unit,
    bound: bound * form.unit,
    gap: best.makespan === 0 ? 0 : (best.makespan - bound) / best.makespan,
    activities: project.activities.map(({ name, duration }, a) => ({
      name,
      start: best.starts[a]! * form.unit,
      end: best.starts[a]! * form.unit + duration,
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

/** Each activity at its earliest time in the order of the list; backwards: at its latest. */
function serial(form: ProjectForm, list: readonly number[], backwards: boolean): Int32Array {
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

const makespanOf = (form: ProjectForm, starts: Int32Array) =>
  starts.reduce((most, start, a) => Math.max(most, start + form.duration[a]!), 0)

function shorter(form: ProjectForm, one: Int32Array, other: Int32Array): Int32Array {
  return makespanOf(form, other) <= makespanOf(form, one) ? other : one
}

/** Activities by time; at the same time predecessors come first, also those without length. */
function byTime(form: ProjectForm, time: (activity: number) => number): number[] {
  return byKey(form.size, (a) => time(a) * form.size + form.place[a]!)
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
function mutate(form: ProjectForm, list: number[], random: Random): void {
  for (let i = 0; i + 1 < list.length; i++) {
    const [a, b] = [list[i]!, list[i + 1]!]
    if (random.next() < mutationShare && !form.before[b]!.includes(a)) {
      list[i] = b
      list[i + 1] = a
    }
  }
}
