import { createRandom, EngineInputError, InfeasibleError, type InputFault, type Random } from '../../contract/index.ts'
import type { Project } from './schedule-project.ts'

/** A project as numbers; times are counted in `unit`. */
export interface ProjectForm {
  size: number
  /** Greatest common divisor of all durations. */
  unit: number
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

/**
 * @throws EngineInputError for unknown names and activities that wait for each other
 * @throws InfeasibleError when an activity needs more of a resource than there is
 */
export function readProject(project: Project): ProjectForm {
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
  const unit = Math.max(
    1,
    activities.reduce((common, { duration }) => greatestCommonDivisor(common, duration), 0),
  )
  const after: number[][] = activities.map(() => [])
  for (const [a, list] of before.entries()) for (const b of list) after[b]!.push(a)
  const form: ProjectForm = {
    size,
    unit,
    duration: Int32Array.from(activities, ({ duration }) => duration / unit),
    before,
    after,
    needs: names.map((name) => Int32Array.from(activities, ({ needs }) => needs?.[name] ?? 0)),
    capacity: Int32Array.from(names, (name) => resources[name] ?? 0),
    horizon: activities.reduce((sum, { duration }) => sum + duration / unit, 0),
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

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}

/** Activities by least key, the first of equals first. */
export function byKey(size: number, key: (activity: number) => number): number[] {
  return Array.from({ length: size }, (_, a) => a).sort((a, b) => key(a) - key(b) || a - b)
}

/** A list in which no activity comes before its predecessors, by least key. Shorter than all activities when there is a circle. */
export function precedenceList(form: ProjectForm, key: (activity: number) => number, random: Random): number[] {
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

/** Longest time from the start of each activity to the end of the project. */
export function longestToEnd(form: ProjectForm): Int32Array {
  const longest = new Int32Array(form.size)
  for (const a of precedenceList(form, (each) => each, createRandom(1)).toReversed())
    longest[a] = form.duration[a]! + Math.max(0, ...form.after[a]!.map((b) => longest[b]!))
  return longest
}
