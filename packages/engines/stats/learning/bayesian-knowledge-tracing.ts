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

const engine = 'stats/bayesian-knowledge-tracing'
const modelVersion = 1
const probability = (what: string) => z.number().min(0).max(1).describe(what)

/** One skill, known or not. */
export const BktParameters = z.object({
  known: probability('P(L0): known before the first question'),
  learn: probability('P(T): learned at one question'),
  slip: probability('P(S): wrong although known'),
  guess: probability('P(G): right although not known'),
})
export type BktParameters = z.infer<typeof BktParameters>

const Sequences = z
  .array(z.array(z.union([z.literal(0), z.literal(1)])).min(1))
  .min(1)
  .describe('Answers to questions of one skill, one row per learner, oldest first')

/** Above a half a slip or a guess would turn the meaning of "known" around (Baker, Corbett & Aleven 2008). */
const most = 0.5

/**
 * Bayesian knowledge tracing of one skill (Corbett & Anderson 1995), fitted by expectation maximisation from several
 * starting points.
 */
export function fitBkt(
  sequences: readonly (readonly (0 | 1)[])[],
  options: WorkOptions = {},
): { model: SavedModel<BktParameters>; fitted: BktParameters; logLikelihood: number; provenance: Provenance } {
  const checked = checkInput(
    Sequences,
    sequences.map((each) => [...each]),
  )
  if (!checked.some((each) => each.includes(0)) || !checked.some((each) => each.includes(1)))
    throw new EngineInputError('constant', [
      { field: 'sequences', row: null, message: 'all answers are the same; nothing tells known from unknown' },
    ])
  const work = startWork(options)
  const starts: BktParameters[] = [
    { known: 0.3, learn: 0.1, slip: 0.1, guess: 0.2 },
    { known: 0.1, learn: 0.3, slip: 0.2, guess: 0.1 },
    { known: 0.6, learn: 0.05, slip: 0.05, guess: 0.3 },
  ]
  const runs = starts.map((start) => maximise(checked, start, () => work.expired()))
  const best = runs.reduce((a, b) => (b.logLikelihood > a.logLikelihood ? b : a))
  const warnings: Warning[] = []
  if (!best.converged) warnings.push({ code: 'not-converged', message: 'The fit ended before it was exact.' })
  if (best.fitted.slip >= most - 1e-6 || best.fitted.guess >= most - 1e-6)
    warnings.push({
      code: 'at-bound',
      message: 'Slip or guess is at its limit of 0.5: the answers do not look like one skill.',
    })
  return {
    model: saveModel(engine, modelVersion, best.fitted),
    fitted: best.fitted,
    logLikelihood: best.logLikelihood,
    provenance: provenanceOf(engine, '1', options.seed ?? 1, [sequences], warnings),
  }
}

/**
 * What a learner's answers say.
 * @returns per answer the chance it was right and what is known after it, and the chance of the next one
 */
export function traceSkill(
  model: SavedModel | BktParameters,
  answers: readonly (0 | 1)[],
): { expected: number[]; mastery: number[]; next: number; provenance: Provenance } {
  const parameters = checkInput(BktParameters, 'format' in model ? contentsOf(model) : model)
  const { learn, slip, guess } = parameters
  let known = parameters.known
  const expected: number[] = []
  const mastery: number[] = []
  for (const answer of checkInput(z.array(z.union([z.literal(0), z.literal(1)])), [...answers], 'answers')) {
    const right = known * (1 - slip) + (1 - known) * guess
    expected.push(right)
    const chance = answer === 1 ? right : 1 - right
    // An answer the parameters call impossible changes nothing.
    const posterior = chance > 0 ? (known * (answer === 1 ? 1 - slip : slip)) / chance : known
    known = posterior + (1 - posterior) * learn
    mastery.push(known)
  }
  return {
    expected,
    mastery,
    next: known * (1 - slip) + (1 - known) * guess,
    provenance: provenanceOf(engine, '1', 1, [model, answers]),
  }
}

/** What the schema has still to check. */
const contentsOf = (saved: SavedModel) => loadModel(saved, engine, modelVersion) as BktParameters

function maximise(sequences: readonly (readonly number[])[], start: BktParameters, expired: () => boolean) {
  let fitted = start
  let logLikelihood = -Infinity
  for (let round = 0; round < 1000; round++) {
    const { next, logLikelihood: reached } = step(sequences, fitted)
    const gain = reached - logLikelihood
    logLikelihood = reached
    if (gain < 1e-9 * Math.abs(reached)) return { fitted, logLikelihood, converged: true }
    if (expired()) break
    fitted = next
  }
  return { fitted, logLikelihood, converged: false }
}

const share = (part: number, whole: number, old: number) => (whole > 0 ? part / whole : old)

/** One round of Baum & Welch for two states, from which only one way leads. */
function step(sequences: readonly (readonly number[])[], { known, learn, slip, guess }: BktParameters) {
  let logLikelihood = 0
  const sums = { known: 0, unknownMoves: 0, learned: 0, knownSteps: 0, slips: 0, unknownSteps: 0, guesses: 0 }
  for (const answers of sequences) {
    const n = answers.length
    const emit = (state: number, t: number) => {
      const right = state === 1 ? 1 - slip : guess
      return answers[t] === 1 ? right : 1 - right
    }
    const forward = new Float64Array(2 * n)
    const scale = new Float64Array(n)
    for (let t = 0; t < n; t++) {
      const before0 = t === 0 ? 1 - known : (forward[2 * t - 2] ?? 0) * (1 - learn)
      const before1 = t === 0 ? known : (forward[2 * t - 2] ?? 0) * learn + (forward[2 * t - 1] ?? 0)
      const [a, b] = [before0 * emit(0, t), before1 * emit(1, t)]
      const total = Math.max(a + b, 1e-300)
      scale[t] = total
      forward[2 * t] = a / total
      forward[2 * t + 1] = b / total
      logLikelihood += Math.log(total)
    }
    let [back0, back1] = [1, 1]
    for (let t = n - 1; t >= 0; t--) {
      const [state0, state1] = [(forward[2 * t] ?? 0) * back0, (forward[2 * t + 1] ?? 0) * back1]
      sums.unknownSteps += state0
      sums.knownSteps += state1
      if (answers[t] === 1) sums.guesses += state0
      else sums.slips += state1
      if (t === 0) {
        sums.known += state1
        break
      }
      const [reach0, reach1] = [(emit(0, t) * back0) / (scale[t] ?? 1), (emit(1, t) * back1) / (scale[t] ?? 1)]
      const from = forward[2 * t - 2] ?? 0
      sums.learned += from * learn * reach1
      sums.unknownMoves += from * ((1 - learn) * reach0 + learn * reach1)
      back0 = (1 - learn) * reach0 + learn * reach1
      back1 = reach1
    }
  }
  const next: BktParameters = {
    known: sums.known / sequences.length,
    learn: share(sums.learned, sums.unknownMoves, learn),
    slip: Math.min(most, share(sums.slips, sums.knownSteps, slip)),
    guess: Math.min(most, share(sums.guesses, sums.unknownSteps, guess)),
  }
  return { next, logLikelihood }
}
