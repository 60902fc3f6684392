import { EngineInputError, type InputFault } from '../../contract/index.ts'
import type { Program, ProgramMatrix } from './program.ts'

/** Beyond this the solver takes a number for infinite. */
const mostBound = 1e19
/** Larger factors leave no digits for the bounds beside them. */
const mostFactor = 1e15
/** Factors of a constraint that are so much smaller than its largest are dropped by the solver. */
const leastFactor = 1e-9

/** A program in other units, so that the fixed tolerances of the solver mean the same for all programs. */
export interface ScaledProgram {
  matrix: ProgramMatrix
  /** Scaled objective = objective * this; scaled row = row * this, [rows]. Variables keep their unit. */
  objective: number
  rows: Float64Array
}

/**
 * Brings the largest factor of each constraint and of the objective to about 1. All steps are powers of two, so that
 * nothing is rounded.
 * @throws EngineInputError for numbers that the solver would silently take for infinite or for nothing
 */
export function scaleProgram(program: Program, matrix: ProgramMatrix): ScaledProgram {
  const { rows: rowCount, starts, indices, cost, quadratic } = matrix
  const values = matrix.values.slice()
  const rows = new Float64Array(rowCount).fill(1)
  for (let r = 0; r < rowCount; r++) {
    let largest = 0
    for (let k = starts[r]!; k < starts[r + 1]!; k++) largest = Math.max(largest, Math.abs(values[k]!))
    if (largest === 0) continue
    if (largest > mostFactor)
      throw new EngineInputError('wrong-unit', [
        { field: 'constraints.terms', row: r, message: `has a factor above ${String(mostFactor)}; use other units` },
      ])
    rows[r] = powerOfTwo(1 / largest)
    for (let k = starts[r]!; k < starts[r + 1]!; k++) {
      values[k]! *= rows[r]!
      if (values[k] !== 0 && Math.abs(values[k]!) < leastFactor)
        throw new EngineInputError('wrong-unit', [
          {
            field: 'constraints.terms',
            row: r,
            message: `the factor of ${program.variables[indices[k]!]?.name ?? ''} is too small beside the largest; use other units`,
          },
        ])
    }
  }
  let dearest = 0
  for (const value of cost) dearest = Math.max(dearest, Math.abs(value))
  for (const value of quadratic?.values ?? []) dearest = Math.max(dearest, Math.abs(value))
  const objective = dearest > 0 ? powerOfTwo(1 / dearest) : 1
  const scaled: ProgramMatrix = {
    ...matrix,
    values,
    cost: cost.map((value) => value * objective),
    rowLower: matrix.rowLower.map((value, r) => value * rows[r]!),
    rowUpper: matrix.rowUpper.map((value, r) => value * rows[r]!),
    quadratic: quadratic && { ...quadratic, values: quadratic.values.map((value) => value * objective) },
  }
  refuseImmense(program, scaled)
  return { matrix: scaled, objective, rows }
}

function powerOfTwo(value: number): number {
  return 2 ** Math.max(-500, Math.min(500, Math.round(Math.log2(value))))
}

function refuseImmense(program: Program, matrix: ProgramMatrix): void {
  const immense = (value: number) => Number.isFinite(value) && Math.abs(value) > mostBound
  const message = `is beyond ${String(mostBound)} beside the factors; use a larger unit, or leave it out where there is no bound`
  const check = (field: string, lower: Float64Array, upper: Float64Array): InputFault[] =>
    [...lower.keys()].flatMap((row) => [
      ...(immense(lower[row]!) ? [{ field: `${field}.min`, row, message }] : []),
      ...(immense(upper[row]!) ? [{ field: `${field}.max`, row, message }] : []),
    ])
  const faults = [
    ...check('variables', matrix.lower, matrix.upper),
    ...check('constraints', matrix.rowLower, matrix.rowUpper),
  ]
  if (program.quadratic && matrix.quadratic && matrix.integer.includes(1))
    faults.push({
      field: 'quadratic',
      row: null,
      message: 'an objective with products of variables cannot have whole-numbered variables beside it',
    })
  if (faults.length > 0) throw new EngineInputError('out-of-range', faults)
}
