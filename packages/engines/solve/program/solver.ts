import highsPackage, { type Highs, type ModelData } from 'highs'
import type { ProgramMatrix } from './program.ts'

/** The package's types are read as CommonJS, with the loader under `default`; at run time the import is the loader. */
const loadHighs = highsPackage as unknown as typeof highsPackage.default

let loading: Promise<Highs> | undefined

/** The solver, loaded once per thread (HiGHS, Huangfu & Hall 2018, compiled to WebAssembly). */
export function solver(): Promise<Highs> {
  loading ??= loadHighs()
  return loading
}

export interface SolverRun {
  status: 'optimal' | 'infeasible' | 'unbounded' | 'unbounded-or-infeasible' | 'limit' | 'failed'
  /** Null when there is no feasible point. */
  point: Float64Array | null
  activity: Float64Array
  duals: Float64Array
  reducedCosts: Float64Array
  objective: number
  bound: number
}

export interface SolverLimits {
  seconds: number
  seed: number
  /** Called now and then; may throw to end the run. */
  check: (gap: number) => void
  /** Stop at this relative gap of a mixed-integer program. */
  gap?: number
}

/** @param maximise false minimises */
export function runSolver(highs: Highs, matrix: ProgramMatrix, maximise: boolean, limits: SolverLimits): SolverRun {
  const sense = highs.constants.objectiveSense
  const mixed = matrix.integer.includes(1)
  const data: ModelData = {
    numCols: matrix.columns,
    numRows: matrix.rows,
    sense: maximise ? sense.maximize : sense.minimize,
    colCost: matrix.cost,
    colLower: matrix.lower,
    colUpper: matrix.upper,
    rowLower: matrix.rowLower,
    rowUpper: matrix.rowUpper,
    matrix: {
      format: 'csr',
      numRows: matrix.rows,
      numCols: matrix.columns,
      starts: matrix.starts,
      indices: matrix.indices,
      values: matrix.values,
    },
    ...(mixed ? { integrality: Int32Array.from(matrix.integer) } : {}),
    ...(matrix.quadratic ? { hessian: { format: 'triangular', dimension: matrix.columns, ...matrix.quadratic } } : {}),
  }
  return highs.withModel(data, (model): SolverRun => {
    model.options.set({
      output_flag: false,
      random_seed: limits.seed % 2 ** 31,
      mip_rel_gap: limits.gap ?? 1e-9,
      mip_abs_gap: 1e-9,
      // The default of 1e-7 bends objectives that are flat by themselves.
      qp_regularization_value: 1e-12,
    })
    if (Number.isFinite(limits.seconds)) model.options.set({ time_limit: limits.seconds })
    let thrown: { reason: unknown } | null = null
    const check = (gap: number) => {
      try {
        limits.check(gap)
        return false
      } catch (reason) {
        thrown ??= { reason }
        return true
      }
    }
    const { callbackType } = highs.constants
    const { modelStatus } = model.run({
      [callbackType.simplexInterrupt]: (event) => {
        if (check(Infinity)) event.interrupt()
        return undefined
      },
      [callbackType.ipmInterrupt]: (event) => {
        if (check(Infinity)) event.interrupt()
        return undefined
      },
      [callbackType.mipInterrupt]: (event) => {
        if (check(event.data.mip_gap ?? Infinity)) event.interrupt()
        return undefined
      },
    })
    const ended = thrown as { reason: unknown } | null
    if (ended) throw ended.reason
    const codes = highs.constants.modelStatus
    const status =
      modelStatus === codes.optimal || modelStatus === codes.empty
        ? 'optimal'
        : modelStatus === codes.infeasible
          ? 'infeasible'
          : modelStatus === codes.unbounded
            ? 'unbounded'
            : modelStatus === codes.unboundedOrInfeasible
              ? 'unbounded-or-infeasible'
              : modelStatus === codes.timeLimit ||
                  modelStatus === codes.iterationLimit ||
                  modelStatus === codes.solutionLimit
                ? 'limit'
                : 'failed'
    const solution = model.getSolution()
    const feasible = status === 'optimal' || Number(model.info.get('primal_solution_status')) === 2
    const objective = model.getObjectiveValue()
    return {
      status,
      point: feasible ? solution.colValue : null,
      activity: solution.rowValue,
      duals: solution.rowDual,
      reducedCosts: solution.colDual,
      objective,
      bound: mixed ? Number(model.info.get('mip_dual_bound')) : objective,
    }
  })
}
