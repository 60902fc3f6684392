import { createRandom, type Work } from '../../contract/index.ts'
import { transpose, type SparseMatrix } from '../interactions/sparse-matrix.ts'
import { factoriseDefinite, solveFactorised } from '../../numerics/index.ts'
import { orderedFactors } from './factor-order.ts'
import type { Factors, History } from './scorer.ts'

export interface AlsSettings {
  factors: number
  regularisation: number
  alpha: number
  iterations: number
}

/** Steps of conjugate gradients per long row and iteration; each starts at the last answer (Takács, Pilászy & Tikk 2011). */
const gradientSteps = 3

/**
 * Users and items as vectors whose product is near 1 where there was an interaction, with confidence
 * 1 + alpha * strength, and near 0 elsewhere, with confidence 1: alternating least squares (Hu, Koren & Volinsky 2008).
 * @returns with how many iterations were made within the time limit
 */
export function fitAls(matrix: SparseMatrix, settings: AlsSettings, work: Work): { scorer: Factors; done: number } {
  const { factors, regularisation, alpha, iterations } = settings
  const { rows, columns } = matrix
  const random = createRandom(work.seed)
  const item = Float64Array.from({ length: columns * factors }, () => random.normal() / factors)
  const user = new Float64Array(rows * factors)
  const byItem = transpose(matrix)
  let done = 0
  for (let iteration = 0; iteration < iterations; iteration++) {
    const tell = (share: number) => {
      work.progress(0.1 + (0.85 * (iteration + share)) / iterations, 'alternating least squares')
      // The first iteration is finished whatever the time limit: without it there is no model.
      return !work.expired() || iteration === 0
    }
    const finished =
      improve(matrix, item, user, settings, (share) => tell(share / 2)) &&
      improve(byItem, user, item, settings, (share) => tell((1 + share) / 2))
    if (!finished) break
    done++
  }
  const gram = gramOf(item, factors, regularisation)
  const ordered = orderedFactors(item, factors, null)
  const scorer: Factors = {
    kind: 'als',
    factors,
    ...ordered,
    user,
    gram,
    alpha,
    learningRate: 0,
    regularisation,
    seed: work.seed,
  }
  work.progress(0.96, 'solving for the users')
  for (let u = 0; u < rows; u++) {
    const [from, to] = [matrix.start[u]!, matrix.start[u + 1]!]
    const history = { user: -1, item: matrix.column.subarray(from, to), value: matrix.value.subarray(from, to) }
    user.set(alsUser(scorer, history), u * factors)
  }
  return { scorer, done }
}

/** Y'Y + regularisation on the diagonal, `[factors][factors]`. */
function gramOf(vectors: Float64Array, factors: number, regularisation: number): Float64Array {
  const gram = new Float64Array(factors * factors)
  for (let base = 0; base < vectors.length; base += factors)
    for (let a = 0; a < factors; a++) {
      const x = vectors[base + a]!
      const row = a * factors
      for (let b = 0; b <= a; b++) gram[row + b] = gram[row + b]! + x * vectors[base + b]!
    }
  for (let a = 0; a < factors; a++) {
    gram[a * factors + a] = gram[a * factors + a]! + regularisation
    for (let b = 0; b < a; b++) gram[b * factors + a] = gram[a * factors + b]!
  }
  return gram
}

/** One half of an iteration: the vectors of the rows, those of the columns being fixed. */
function improve(
  { rows, start, column, value }: SparseMatrix,
  fixed: Float64Array,
  vectors: Float64Array,
  { factors: f, regularisation, alpha }: AlsSettings,
  proceed: (share: number) => boolean,
): boolean {
  const gram = gramOf(fixed, f, regularisation)
  const [residual, direction, product] = [new Float64Array(f), new Float64Array(f), new Float64Array(f)]
  const multiply = (x: Float64Array, offset: number, from: number, to: number) => {
    for (let a = 0; a < f; a++) {
      const row = a * f
      let sum = 0
      for (let b = 0; b < f; b++) sum += gram[row + b]! * x[offset + b]!
      product[a] = sum
    }
    for (let k = from; k < to; k++) {
      const base = column[k]! * f
      let sum = 0
      for (let a = 0; a < f; a++) sum += fixed[base + a]! * x[offset + a]!
      sum *= alpha * value[k]!
      for (let a = 0; a < f; a++) product[a] = product[a]! + sum * fixed[base + a]!
    }
  }
  const short = shortRowSolver(fixed, gram, f, alpha)
  for (let r = 0; r < rows; r++) {
    if ((r & 127) === 0 && !proceed(r / rows)) return false
    const [from, to, x] = [start[r]!, start[r + 1]!, r * f]
    if (from === to) continue
    if (to - from <= short.most) {
      short.solve(column, value, from, to, vectors, x)
      continue
    }
    multiply(vectors, x, from, to)
    for (let a = 0; a < f; a++) residual[a] = -product[a]!
    for (let k = from; k < to; k++) {
      const base = column[k]! * f
      const confidence = 1 + alpha * value[k]!
      for (let a = 0; a < f; a++) residual[a] = residual[a]! + confidence * fixed[base + a]!
    }
    direction.set(residual)
    let squared = 0
    for (let a = 0; a < f; a++) squared += residual[a]! ** 2
    for (let step = 0; step < gradientSteps && squared > 1e-20; step++) {
      multiply(direction, 0, from, to)
      let curvature = 0
      for (let a = 0; a < f; a++) curvature += direction[a]! * product[a]!
      const length = squared / curvature
      let next = 0
      for (let a = 0; a < f; a++) {
        vectors[x + a] = vectors[x + a]! + length * direction[a]!
        residual[a] = residual[a]! - length * product[a]!
        next += residual[a]! ** 2
      }
      const keep = next / squared
      for (let a = 0; a < f; a++) direction[a] = residual[a]! + keep * direction[a]!
      squared = next
    }
  }
  return true
}

/**
 * Exact answers for rows with few entries: with G = Y'Y + regularisation, D = alpha * strengths and confidences c of the
 * row's entries, (G + Y'DY)^-1 Y'c = G^-1 Y' w where (D^-1 + Y G^-1 Y') w = D^-1 c: a system as small as the row.
 */
function shortRowSolver(fixed: Float64Array, gram: Float64Array, f: number, alpha: number) {
  const most = f >> 1
  const factor = gram.slice()
  factoriseDefinite(factor, f)
  const solved = fixed.slice()
  for (let base = 0; base < solved.length; base += f) solveFactorised(factor, f, solved.subarray(base, base + f))
  const systems = Array.from({ length: most + 1 }, (_, m) => new Float64Array(m * m))
  const sides = Array.from({ length: most + 1 }, (_, m) => new Float64Array(m))
  return {
    most,
    solve(column: Uint32Array, value: Float64Array, from: number, to: number, vectors: Float64Array, x: number): void {
      const m = to - from
      const system = systems[m]!
      const side = sides[m]!
      for (let i = 0; i < m; i++) {
        const p = column[from + i]! * f
        for (let j = 0; j <= i; j++) {
          const q = column[from + j]! * f
          let sum = 0
          for (let a = 0; a < f; a++) sum += fixed[p + a]! * solved[q + a]!
          system[i * m + j] = sum
        }
        const weight = alpha * value[from + i]!
        system[i * m + i] = system[i * m + i]! + 1 / weight
        side[i] = (1 + weight) / weight
      }
      factoriseDefinite(system, m)
      solveFactorised(system, m, side)
      vectors.fill(0, x, x + f)
      for (let i = 0; i < m; i++) {
        const q = column[from + i]! * f
        const weight = side[i]!
        for (let a = 0; a < f; a++) vectors[x + a] = vectors[x + a]! + weight * solved[q + a]!
      }
    },
  }
}

/** The system whose answer is the user's vector; its factor explains the scores (Hu, Koren & Volinsky 2008, sec. 5). */
function userSystem(scorer: Factors, { item, value }: History): Float64Array {
  const { factors: f, alpha } = scorer
  const system = scorer.gram.slice()
  for (let k = 0; k < item.length; k++) {
    const base = scorer.rowOfItem[item[k]!]! * f
    const more = alpha * value[k]!
    for (let a = 0; a < f; a++) {
      const x = more * scorer.item[base + a]!
      for (let b = 0; b <= a; b++) system[a * f + b] = system[a * f + b]! + x * scorer.item[base + b]!
    }
  }
  factoriseDefinite(system, f)
  return system
}

/** The vector of whoever has this history, fitted or not. */
export function alsUser(scorer: Factors, history: History): Float64Array {
  const { factors: f } = scorer
  if (history.user >= 0) return scorer.user.slice(history.user * f, (history.user + 1) * f)
  const vector = new Float64Array(f)
  if (history.item.length === 0) return vector
  for (let k = 0; k < history.item.length; k++) {
    const base = scorer.rowOfItem[history.item[k]!]! * f
    const confidence = 1 + scorer.alpha * history.value[k]!
    for (let a = 0; a < f; a++) vector[a] = vector[a]! + confidence * scorer.item[base + a]!
  }
  solveFactorised(userSystem(scorer, history), f, vector)
  return vector
}

/** What each item of the history adds to the score of an item; the parts sum to the score. */
export function alsParts(scorer: Factors, history: History, wanted: number): Float64Array {
  const { factors: f } = scorer
  const towards = Float64Array.from({ length: f }, (_, a) => scorer.item[scorer.rowOfItem[wanted]! * f + a]!)
  if (history.item.length > 0) solveFactorised(userSystem(scorer, history), f, towards)
  return history.value.map((value, k) => {
    const base = scorer.rowOfItem[history.item[k]!]! * f
    let sum = 0
    for (let a = 0; a < f; a++) sum += towards[a]! * scorer.item[base + a]!
    return sum * (1 + scorer.alpha * value)
  })
}
