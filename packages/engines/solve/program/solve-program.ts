import { z } from 'zod'
import {
  checkInput,
  EngineInputError,
  InfeasibleError,
  Provenance,
  provenanceOf,
  startWork,
  type Warning,
  type WorkOptions,
} from '../../contract/index.ts'
import { smallestConflict } from './conflict.ts'
import { Program, readProgram } from './program.ts'
import { fallsForever } from './recession.ts'
import { scaleProgram } from './scale-program.ts'
import { runSolver, solver } from './solver.ts'

const version = '1.1.0'

const Named = z.record(z.string(), z.number())

export const ProgramSolution = z.strictObject({
  status: z.enum(['optimal', 'limit']).describe('`limit`: the time limit came first; this is the best point found'),
  objective: z.number(),
  bound: z.number().nullable().describe('No point can be better than this; null when it is not known'),
  gap: z
    .number()
    .nullable()
    .describe('|objective - bound| relative to the larger of both; 0 when the answer is proven'),
  values: Named.describe('By variable'),
  activities: Named.describe('Sum of the terms, by constraint'),
  duals: Named.nullable().describe(
    'Change of the objective per unit of the binding bound of a constraint; null with integers',
  ),
  reducedCosts: Named.nullable().describe(
    'Change of the objective per unit of a binding bound of a variable; null with integers',
  ),
  provenance: Provenance,
})
export type ProgramSolution = z.infer<typeof ProgramSolution>

export interface ProgramOptions extends WorkOptions {
  /** Relative gap at which a mixed-integer answer is good enough; 1e-9 unless told. */
  gap?: number | undefined
}

/**
 * Solves a linear, mixed-integer or convex quadratic program.
 * @throws EngineInputError for a program that cannot be read or has no finite optimum
 * @throws InfeasibleError with the smallest conflicting set of constraints and bounds that was found
 */
export async function solveProgram(input: Program, options: ProgramOptions = {}): Promise<ProgramSolution> {
  const program = checkInput(Program, input)
  const matrix = readProgram(program)
  const scaled = scaleProgram(program, matrix)
  const work = startWork(options)
  const highs = await solver()
  const left = () => Math.max(0.01, ((options.maxMillis ?? Infinity) - work.elapsed()) / 1000)
  const limits = () => ({
    seconds: left(),
    seed: work.seed,
    ...(options.gap === undefined ? {} : { gap: options.gap }),
    check: (gap: number) => {
      options.signal?.throwIfAborted()
      work.progress(gap > 1 ? 0 : 1 - gap, 'solving')
    },
  })
  options.signal?.throwIfAborted()
  const maximise = program.objective === 'maximise'
  const run = fallsForever(highs, scaled.matrix, maximise, limits())
    ? ({ status: 'unbounded-or-infeasible' } as const)
    : runSolver(highs, scaled.matrix, maximise, limits())
  if (run.status === 'infeasible' || run.status === 'unbounded-or-infeasible') {
    const plain = { ...scaled.matrix, cost: new Float64Array(matrix.columns), quadratic: null }
    const feasible = run.status !== 'infeasible' && runSolver(highs, plain, false, limits()).status === 'optimal'
    if (!feasible) {
      const { names, proven } = smallestConflict(highs, program, matrix, scaled.matrix, work)
      throw new InfeasibleError(
        `No values satisfy all constraints; these cannot hold together${proven ? '' : ' (perhaps not the smallest such set)'}: ${names.join(', ')}.`,
        names,
      )
    }
  }
  if (run.status === 'unbounded' || run.status === 'unbounded-or-infeasible')
    throw new EngineInputError('out-of-range', [
      { field: 'objective', row: null, message: 'has no finite optimum; a bound or a constraint is missing' },
    ])
  if (run.status === 'failed') throw new Error('The solver ended without an answer; the program may be badly scaled.')
  if (!run.point) throw new InfeasibleError('No feasible values were found within the time limit; allow more time.', [])
  const mixed = matrix.integer.includes(1)
  const values = run.point.map((value, j) => (matrix.integer[j] === 1 ? Math.round(value) : value))
  const offset = program.offset ?? 0
  const objective = run.objective / scaled.objective + offset
  const bound = run.bound / scaled.objective + offset
  const known = Number.isFinite(run.bound) && (run.status === 'optimal' || mixed)
  const warnings: Warning[] =
    run.status === 'limit'
      ? [
          {
            code: 'time-limit',
            message: 'The time limit came before the proof; a longer run may give a better answer.',
          },
        ]
      : []
  const variables = program.variables.map(({ name }) => name)
  const constraints = program.constraints.map(({ name }) => name)
  const dual = !mixed && run.status === 'optimal'
  return {
    status: run.status === 'limit' ? 'limit' : 'optimal',
    objective: clean(objective),
    bound: known ? clean(bound) : null,
    gap:
      known && objective !== bound
        ? Math.abs(objective - bound) / Math.max(Math.abs(objective), Math.abs(bound))
        : known
          ? 0
          : null,
    values: named(variables, values),
    activities: named(
      constraints,
      run.activity.map((value, r) => value / scaled.rows[r]!),
    ),
    duals: dual
      ? named(
          constraints,
          run.duals.map((value, r) => (value * scaled.rows[r]!) / scaled.objective),
        )
      : null,
    reducedCosts: dual
      ? named(
          variables,
          run.reducedCosts.map((value) => value / scaled.objective),
        )
      : null,
    provenance: provenanceOf('solve/program', version, work.seed, [program, { gap: options.gap }], warnings),
  }
}

const clean = (value: number) => (Object.is(value, -0) ? 0 : value)

function named(names: readonly string[], values: Float64Array): Record<string, number> {
  return Object.fromEntries(names.map((name, i) => [name, clean(values[i] ?? 0)]))
}
