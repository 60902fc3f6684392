import { z } from 'zod'
import { EngineInputError, type InputErrorCode, type InputFault } from '../../contract/index.ts'

const Name = z.string().min(1).max(1_000)
const Bound = z.number().nullable().optional()

const ProgramVariable = z.strictObject({
  name: Name,
  min: Bound.describe('Least value; 0 unless told, null for none'),
  max: Bound.describe('Greatest value; none unless told'),
  integer: z.boolean().optional().describe('Whole numbers only'),
  cost: z.number().optional().describe('Objective per unit; 0 unless told'),
})
type ProgramVariable = z.infer<typeof ProgramVariable>

const ProgramTerm = z.strictObject({ variable: Name, factor: z.number() })

const ProgramConstraint = z.strictObject({
  name: Name,
  terms: z.array(ProgramTerm),
  min: Bound.describe('Least value of the sum of the terms; none unless told'),
  max: Bound.describe('Greatest value; none unless told. Equal to `min` for an equation'),
})

/** A linear, mixed-integer or convex quadratic program by names; whole numbers and a quadratic objective exclude each other. */
export const Program = z
  .strictObject({
    objective: z.enum(['minimise', 'maximise']).optional().describe('minimise unless told'),
    offset: z.number().optional().describe('Constant of the objective'),
    variables: z.array(ProgramVariable).min(1),
    constraints: z.array(ProgramConstraint),
    quadratic: z
      .array(z.strictObject({ first: Name, second: Name, factor: z.number() }))
      .optional()
      .describe('Terms factor * first * second of the objective; must be convex (concave when maximised)'),
  })
  .describe('Linear, mixed-integer or convex quadratic program')
export type Program = z.infer<typeof Program>

/** A variable as the builder hands it out. */
export interface Variable {
  readonly name: string
}

/** Collects a program name by name; `constraint` takes pairs of factor and variable. */
export interface ProgramBuilder {
  variable(name: string, options?: Omit<ProgramVariable, 'name'>): Variable
  constraint(
    name: string,
    terms: readonly (readonly [factor: number, variable: Variable])[],
    bounds: { min?: number | null; max?: number | null; equal?: number },
  ): void
  quadratic(factor: number, first: Variable, second: Variable): void
  readonly program: Program
}

/**
 * @example
 * const model = buildProgram('maximise')
 * const chairs = model.variable('chairs', { integer: true, cost: 30 })
 * model.constraint('wood', [[2, chairs]], { max: 12 })
 * const { values } = await solveProgram(model.program)
 */
export function buildProgram(objective: 'minimise' | 'maximise' = 'minimise', offset = 0): ProgramBuilder {
  const program = {
    objective,
    offset,
    variables: [] as ProgramVariable[],
    constraints: [] as Program['constraints'],
    quadratic: [] as { first: string; second: string; factor: number }[],
  }
  return {
    program,
    variable(name, options = {}) {
      program.variables.push({ name, ...options })
      return { name }
    },
    constraint(name, terms, { min, max, equal }) {
      program.constraints.push({
        name,
        terms: terms.map(([factor, { name: variable }]) => ({ variable, factor })),
        min: equal ?? min,
        max: equal ?? max,
      })
    },
    quadratic(factor, first, second) {
      program.quadratic.push({ first: first.name, second: second.name, factor })
    },
  }
}

/** A program as numbers: rows of constraints in compressed form, Infinity where there is no bound. */
export interface ProgramMatrix {
  columns: number
  rows: number
  cost: Float64Array
  lower: Float64Array
  upper: Float64Array
  integer: Uint8Array
  rowLower: Float64Array
  rowUpper: Float64Array
  starts: Int32Array
  indices: Int32Array
  values: Float64Array
  /** Lower triangle by columns of Q in x'Qx / 2. */
  quadratic: { starts: Int32Array; indices: Int32Array; values: Float64Array } | null
}

/** @throws EngineInputError for names that are unknown or there twice, bounds that cross, and objectives that are not convex */
export function readProgram(program: Program): ProgramMatrix {
  const { variables, constraints } = program
  const index = uniqueNames('variables', variables)
  uniqueNames('constraints', constraints)
  const columns = variables.length
  const lower = Float64Array.from(variables, ({ min }) => (min === null ? -Infinity : (min ?? 0)))
  const upper = Float64Array.from(variables, ({ max }) => max ?? Infinity)
  const rowLower = Float64Array.from(constraints, ({ min }) => min ?? -Infinity)
  const rowUpper = Float64Array.from(constraints, ({ max }) => max ?? Infinity)
  refuse('out-of-range', [...crossed('variables', lower, upper), ...crossed('constraints', rowLower, rowUpper)])
  const unknown: InputFault[] = []
  const column = (name: string, field: string, row: number) => {
    const found = index.get(name)
    if (found === undefined) unknown.push({ field, row, message: `there is no variable ${name}` })
    return found ?? 0
  }
  const starts = new Int32Array(constraints.length + 1)
  const indices: number[] = []
  const values: number[] = []
  for (const [row, { terms }] of constraints.entries()) {
    const sums = new Map<number, number>()
    for (const { variable, factor } of terms) {
      const at = column(variable, 'constraints.terms', row)
      sums.set(at, (sums.get(at) ?? 0) + factor)
    }
    for (const [at, factor] of [...sums].sort(([a], [b]) => a - b)) {
      indices.push(at)
      values.push(factor)
    }
    starts[row + 1] = indices.length
  }
  const entries = new Map<number, number>()
  for (const [row, { first, second, factor }] of (program.quadratic ?? []).entries()) {
    const a = column(first, 'quadratic.first', row)
    const b = column(second, 'quadratic.second', row)
    const key = Math.min(a, b) * columns + Math.max(a, b)
    entries.set(key, (entries.get(key) ?? 0) + (a === b ? 2 * factor : factor))
  }
  refuse('unknown-name', unknown)
  const quadratic = [...entries].filter(([, value]) => value !== 0).sort(([a], [b]) => a - b)
  if (!isConvex(quadratic, columns, program.objective === 'maximise' ? -1 : 1))
    refuse('out-of-range', [
      { field: 'quadratic', row: null, message: 'must be convex when minimised and concave when maximised' },
    ])
  const quadraticStarts = new Int32Array(columns + 1)
  for (const [key] of quadratic) quadraticStarts[Math.floor(key / columns) + 1]!++
  for (let j = 0; j < columns; j++) quadraticStarts[j + 1]! += quadraticStarts[j]!
  return {
    columns,
    rows: constraints.length,
    cost: Float64Array.from(variables, ({ cost }) => cost ?? 0),
    lower,
    upper,
    integer: Uint8Array.from(variables, ({ integer }) => (integer ? 1 : 0)),
    rowLower,
    rowUpper,
    starts,
    indices: Int32Array.from(indices),
    values: Float64Array.from(values),
    quadratic:
      quadratic.length === 0
        ? null
        : {
            starts: quadraticStarts,
            indices: Int32Array.from(quadratic, ([key]) => key % columns),
            values: Float64Array.from(quadratic, ([, value]) => value),
          },
  }
}

function refuse(code: InputErrorCode, faults: InputFault[]): void {
  if (faults.length > 0) throw new EngineInputError(code, faults)
}

function uniqueNames(field: string, list: readonly { name: string }[]): Map<string, number> {
  const index = new Map<string, number>()
  const faults: InputFault[] = []
  for (const [row, { name }] of list.entries()) {
    if (index.has(name)) faults.push({ field: `${field}.name`, row, message: `${name} is there twice` })
    index.set(name, row)
  }
  refuse('duplicate-key', faults)
  return index
}

function crossed(field: string, lower: Float64Array, upper: Float64Array): InputFault[] {
  return [...lower.keys()].flatMap((row) =>
    lower[row]! > upper[row]! ? [{ field: `${field}.min`, row, message: `is above max (${String(upper[row])})` }] : [],
  )
}

/** Whether sign * Q has no negative curvature: symmetric elimination with a tolerance (Golub & Van Loan 2013, 4.2). */
function isConvex(entries: readonly (readonly [number, number])[], columns: number, sign: number): boolean {
  const used = [...new Set(entries.flatMap(([key]) => [Math.floor(key / columns), key % columns]))]
  const place = new Map(used.map((column, i) => [column, i]))
  const size = used.length
  const q = new Float64Array(size * size)
  let scale = 0
  for (const [key, value] of entries) {
    const a = place.get(Math.floor(key / columns)) ?? 0
    const b = place.get(key % columns) ?? 0
    q[a * size + b] = q[b * size + a] = sign * value
    scale = Math.max(scale, Math.abs(value))
  }
  const tolerance = 1e-9 * scale
  for (let k = 0; k < size; k++) {
    const pivot = q[k * size + k]!
    if (pivot < -tolerance) return false
    for (let i = k + 1; i < size; i++) {
      const factor = q[i * size + k]!
      if (factor === 0) continue
      // A zero pivot with something beside it is a saddle.
      if (pivot <= tolerance) {
        if (Math.abs(factor) > Math.sqrt(tolerance * scale)) return false
        continue
      }
      for (let j = k + 1; j < size; j++) q[i * size + j]! -= (factor * q[k * size + j]!) / pivot
    }
  }
  return true
}
