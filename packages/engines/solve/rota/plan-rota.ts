import { z } from 'zod'
import { checkInput, EngineInputError, Provenance, provenanceOf, type InputFault } from '../../contract/index.ts'
import { buildProgram, type Variable } from '../program/program.ts'
import { solveProgram, type ProgramOptions } from '../program/solve-program.ts'

const version = '1.0.0'

export const RotaProblem = z
  .strictObject({
    shifts: z
      .array(
        z.strictObject({
          name: z.string().min(1),
          start: z.number().describe('Hours on a clock of your choice'),
          end: z.number().describe('Hours'),
          staff: z.int().nonnegative().describe('People needed'),
          skills: z.record(z.string(), z.int().nonnegative()).optional().describe('Of them so many with a skill'),
          shortageCost: z.number().positive().optional().describe('For each person that is missing; 1000 unless told'),
        }),
      )
      .min(1),
    people: z
      .array(
        z.strictObject({
          name: z.string().min(1),
          skills: z.array(z.string()).optional(),
          minHours: z.number().nonnegative().optional(),
          maxHours: z.number().nonnegative().optional(),
          unavailable: z.array(z.string()).optional().describe('Names of shifts'),
          fixed: z.array(z.string()).optional().describe('Names of shifts that are given already'),
          preferences: z
            .record(z.string(), z.number())
            .optional()
            .describe('Cost of a shift for this person; negative when it is wished for'),
          hourlyCost: z.number().nonnegative().optional(),
          maxShiftsInARow: z
            .int()
            .positive()
            .optional()
            .describe('Days in a row with a shift, by 24 hours from the first shift'),
        }),
      )
      .min(1),
    restHours: z.number().nonnegative().optional().describe('Between two shifts of a person; 11 unless told'),
    fairness: z
      .number()
      .nonnegative()
      .optional()
      .describe('Cost of each hour between the most and the least loaded person; 0 unless told'),
  })
  .describe('Shifts to be staffed by people with skills, rest and limits')
export type RotaProblem = z.infer<typeof RotaProblem>

export const Rota = z.strictObject({
  assignments: z.array(z.strictObject({ shift: z.string(), person: z.string() })),
  shortages: z.array(z.strictObject({ shift: z.string(), skill: z.string().nullable(), missing: z.int() })),
  hours: z.record(z.string(), z.number()).describe('By person'),
  cost: z.number(),
  bound: z.number().nullable(),
  gap: z.number().nullable(),
  provenance: Provenance,
})
export type Rota = z.infer<typeof Rota>

const day = 24

/**
 * Staff rota at least cost as a mixed-integer program; what cannot be staffed is shown as shortage instead of breaking rest,
 * limits or absences (set covering form of Dantzig, Operations Research 2, 1954).
 * @throws EngineInputError for unknown shifts and skills that nobody has a name for
 * @throws InfeasibleError naming the limits of people that contradict each other
 */
export async function planRota(input: RotaProblem, options: ProgramOptions = {}): Promise<Rota> {
  const problem = checkInput(RotaProblem, input)
  const { shifts, people, restHours = 11, fairness = 0 } = problem
  refuseUnknown(problem)
  const model = buildProgram()
  const works = new Map<string, Variable>()
  const staff: [number, Variable][][] = shifts.map(() => [])
  const hoursOf: { name: string; terms: [number, Variable][] }[] = []
  const beginning = Math.min(...shifts.map(({ start }) => start))
  for (const person of people) {
    const off = new Set(person.unavailable)
    const fixed = new Set(person.fixed)
    const own: { start: number; end: number; name: string; variable: Variable }[] = []
    for (const [s, { name, start, end }] of shifts.entries()) {
      if (off.has(name) && !fixed.has(name)) continue
      const wish = person.preferences && Object.hasOwn(person.preferences, name) ? person.preferences[name] : 0
      const cost = (wish ?? 0) + (person.hourlyCost ?? 0) * (end - start)
      const variable = model.variable(`${person.name} works ${name}`, {
        min: fixed.has(name) ? 1 : 0,
        max: 1,
        integer: true,
        cost,
      })
      own.push({ start, end, name, variable })
      works.set(`${person.name}\n${name}`, variable)
      staff[s]?.push([1, variable])
    }
    for (const a of own)
      for (const b of own)
        if (a !== b && (a.start < b.start || (a.start === b.start && a.name < b.name)) && b.start < a.end + restHours)
          model.constraint(
            `rest of ${person.name} between ${a.name} and ${b.name}`,
            [
              [1, a.variable],
              [1, b.variable],
            ],
            { max: 1 },
          )
    const terms = own.map(({ start, end, variable }): [number, Variable] => [end - start, variable])
    hoursOf.push({ name: person.name, terms })
    if (person.minHours !== undefined || person.maxHours !== undefined)
      model.constraint(`hours of ${person.name}`, terms, { min: person.minHours ?? null, max: person.maxHours ?? null })
    if (person.maxShiftsInARow !== undefined) limitDays(model, person.name, own, beginning, person.maxShiftsInARow)
  }
  const missing: { shift: string; skill: string | null; variable: Variable }[] = []
  for (const [s, { name, staff: needed, skills, shortageCost = 1000 }] of shifts.entries()) {
    const short = model.variable(`missing in ${name}`, { max: needed, integer: true, cost: shortageCost })
    missing.push({ shift: name, skill: null, variable: short })
    model.constraint(`staff of ${name}`, [...(staff[s] ?? []), [1, short]], { min: needed })
    for (const [skill, count] of Object.entries(skills ?? {})) {
      const gap = model.variable(`missing ${skill} in ${name}`, { max: count, integer: true, cost: shortageCost })
      missing.push({ shift: name, skill, variable: gap })
      const skilled = people.flatMap((person): [number, Variable][] => {
        const variable = works.get(`${person.name}\n${name}`)
        return variable && person.skills?.includes(skill) ? [[1, variable]] : []
      })
      model.constraint(`${skill} in ${name}`, [...skilled, [1, gap]], { min: count })
    }
  }
  if (fairness > 0) {
    const most = model.variable('most hours', { cost: fairness })
    const least = model.variable('least hours', { cost: -fairness })
    for (const { name, terms } of hoursOf) {
      model.constraint(`${name} is not above the most`, [...terms, [-1, most]], { max: 0 })
      model.constraint(`${name} is not below the least`, [...terms, [-1, least]], { min: 0 })
    }
  }
  const solution = await solveProgram(model.program, options)
  const value = ({ name }: Variable) => solution.values[name] ?? 0
  return {
    assignments: shifts.flatMap(({ name: shift }) =>
      people.flatMap(({ name: person }) => {
        const variable = works.get(`${person}\n${shift}`)
        return variable && value(variable) > 0.5 ? [{ shift, person }] : []
      }),
    ),
    shortages: missing.flatMap(({ shift, skill, variable }) =>
      value(variable) > 0.5 ? [{ shift, skill, missing: Math.round(value(variable)) }] : [],
    ),
    hours: Object.fromEntries(
      hoursOf.map(({ name, terms }) => [
        name,
        terms.reduce((sum, [hours, variable]) => sum + hours * value(variable), 0),
      ]),
    ),
    cost: solution.objective,
    bound: solution.bound,
    gap: solution.gap,
    provenance: provenanceOf(
      'solve/rota',
      version,
      options.seed ?? 1,
      [problem, { gap: options.gap }],
      solution.provenance.warnings,
    ),
  }
}

/** No window of `most + 1` days has a shift on each of them. */
function limitDays(
  model: ReturnType<typeof buildProgram>,
  person: string,
  own: readonly { start: number; variable: Variable }[],
  beginning: number,
  most: number,
): void {
  const days = new Map<number, Variable[]>()
  for (const { start, variable } of own) {
    const index = Math.floor((start - beginning) / day)
    days.set(index, [...(days.get(index) ?? []), variable])
  }
  const worked = new Map<number, Variable>()
  for (const [index, variables] of days) {
    const any = model.variable(`${person} works on day ${String(index)}`, { max: 1 })
    worked.set(index, any)
    for (const variable of variables)
      model.constraint(
        `${variable.name} counts for day ${String(index)}`,
        [
          [1, variable],
          [-1, any],
        ],
        { max: 0 },
      )
  }
  for (const first of days.keys()) {
    const window = Array.from({ length: most + 1 }, (_, i) => worked.get(first + i)).filter(
      (each) => each !== undefined,
    )
    if (window.length > most)
      model.constraint(
        `days in a row of ${person} from day ${String(first)}`,
        window.map((each) => [1, each]),
        { max: most },
      )
  }
}

function refuseUnknown({ shifts, people }: RotaProblem): void {
  const faults: InputFault[] = []
  const names = new Set<string>()
  for (const [row, { name, start, end }] of shifts.entries()) {
    if (names.has(name)) faults.push({ field: 'shifts.name', row, message: `${name} is there twice` })
    if (end <= start) faults.push({ field: 'shifts.end', row, message: 'must be after start' })
    names.add(name)
  }
  const known = new Set<string>()
  for (const [row, person] of people.entries()) {
    if (known.has(person.name)) faults.push({ field: 'people.name', row, message: `${person.name} is there twice` })
    known.add(person.name)
    for (const [field, list] of Object.entries({
      unavailable: person.unavailable,
      fixed: person.fixed,
      preferences: Object.keys(person.preferences ?? {}),
    }))
      for (const name of list ?? [])
        if (!names.has(name)) faults.push({ field: `people.${field}`, row, message: `there is no shift ${name}` })
  }
  if (faults.length > 0) throw new EngineInputError('out-of-range', faults)
}
