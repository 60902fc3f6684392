import { z } from 'zod'
import {
  checkInput,
  EngineInputError,
  loadModel,
  provenanceOf,
  saveModel,
  startWork,
  type Provenance,
  type SavedModel,
  type Warning,
  type WorkOptions,
} from '../../contract/index.ts'
import { isConstant, mean, minimiseSimplex, sigmoid, variance } from '../../numerics/index.ts'
import { Returns } from './returns.ts'

const engine = 'stats/garch'
const modelVersion = 1

/** variance[t] = omega + alpha * shock[t-1]^2 + beta * variance[t-1] */
export const GarchModel = z.object({
  mean: z.number().describe('Mean return per period'),
  omega: z.number().positive(),
  alpha: z.number().min(0),
  beta: z.number().min(0),
  logLikelihood: z.number(),
  next: z.number().positive().describe('Variance foreseen for the period after the data'),
})
export type GarchModel = z.infer<typeof GarchModel>

const Observed = Returns.min(50).describe('At least 50 returns per period, oldest first')

const parameters = (x: ArrayLike<number>) => {
  const persistence = sigmoid(x[2] ?? 0)
  const alpha = persistence * sigmoid(x[3] ?? 0)
  return { mean: x[0] ?? 0, omega: Math.exp(x[1] ?? 0), alpha, beta: persistence - alpha }
}

/**
 * GARCH(1,1) with normal shocks and a constant mean, by maximum likelihood (Bollerslev 1986). The first variance is the
 * sample's, as in Fiorentini, Calzolari & Panattoni (1996).
 */
export function fitGarch(
  returns: readonly number[],
  options: WorkOptions = {},
): { model: SavedModel<GarchModel>; fitted: GarchModel; provenance: Provenance } {
  const checked = checkInput(Observed, [...returns], 'returns')
  const [centre, spread] = [mean(checked), variance(checked)]
  if (isConstant(checked))
    throw new EngineInputError('constant', [{ field: 'returns', row: null, message: 'do not change' }])
  // Work on returns of unit variance, and on the whole line: persistence and the share of alpha as logits.
  const scale = Math.sqrt(spread)
  const unit = Float64Array.from(checked, (each) => each / scale)
  const work = startWork(options)
  const loss = (x: Float64Array) => -likelihood(unit, parameters(x)).logLikelihood
  const starts = [
    [3, -2.2],
    [1.5, -1],
  ].map(([persistence = 0, share = 0]) => {
    const long = 1 - sigmoid(persistence)
    return minimiseSimplex(loss, [centre / scale, Math.log(long), persistence, share], {
      steps: [0.1, 0.5, 0.7, 0.5],
      work,
    })
  })
  const best = starts.reduce((a, b) => (b.value < a.value ? b : a))
  const found = parameters(best.x)
  const { logLikelihood, next } = likelihood(unit, found)
  const fitted: GarchModel = {
    mean: found.mean * scale,
    omega: found.omega * spread,
    alpha: found.alpha,
    beta: found.beta,
    logLikelihood: logLikelihood - checked.length * Math.log(scale),
    next: next * spread,
  }
  const warnings: Warning[] = []
  if (!best.converged) warnings.push({ code: 'not-converged', message: 'The fit ended before it was exact.' })
  if (found.alpha + found.beta > 0.9995)
    warnings.push({
      code: 'not-stationary',
      message: 'Shocks hardly fade (alpha + beta is about 1): long forecasts mean little.',
    })
  return {
    model: saveModel(engine, modelVersion, fitted),
    fitted,
    provenance: provenanceOf(engine, '1', options.seed ?? 1, [returns], warnings),
  }
}

/** Standard deviation foreseen for each of the coming periods. */
export function forecastVolatility(
  model: SavedModel,
  periods: number,
): { volatility: number[]; provenance: Provenance } {
  const { omega, alpha, beta, next } = checkInput(GarchModel, contentsOf(model))
  const count = checkInput(z.int().min(1).max(100_000), periods, 'periods')
  let foreseen = next
  const volatility = Array.from({ length: count }, () => {
    const now = Math.sqrt(foreseen)
    foreseen = omega + (alpha + beta) * foreseen
    return now
  })
  return { volatility, provenance: provenanceOf(engine, '1', 1, [model, periods]) }
}

/** What the schema has still to check. */
const contentsOf = (saved: SavedModel) => loadModel(saved, engine, modelVersion) as GarchModel

function likelihood(returns: Float64Array, { mean, omega, alpha, beta }: Omit<GarchModel, 'logLikelihood' | 'next'>) {
  let h = 0
  for (const each of returns) h += (each - mean) ** 2
  h /= returns.length
  let sum = 0
  for (const each of returns) {
    const shock = each - mean
    sum += Math.log(h) + (shock * shock) / h
    h = omega + alpha * shock * shock + beta * h
  }
  return { logLikelihood: -0.5 * (sum + returns.length * Math.log(2 * Math.PI)), next: h }
}
