import { z } from 'zod'
import {
  checkInput,
  EngineInputError,
  loadModel,
  ModelVersionError,
  provenanceOf,
  saveModel,
  type Provenance,
  type SavedModel,
} from '../../contract/index.ts'
import { factoriseDefinite, solveFactorised } from '../../numerics/index.ts'
import { refuseTwins } from './arms.ts'

const engine = 'recommend/lin-ucb'
const version = '1'
const modelVersion = 1

const number = z.number().min(-1e9).max(1e9)
export const Context = z
  .array(number)
  .min(1)
  .max(500)
  .describe('Facts of the moment as numbers, about -1 to 1; one of them constant')

export const LinUcbOptions = z.strictObject({
  arms: z.array(z.string().min(1)).min(1).max(10_000).describe('What can be shown'),
  features: z.int().min(1).max(500).describe('Length of the context'),
  exploration: z.number().min(0).max(1000).default(1).describe('Standard errors added to the mean: 0 explores nothing'),
  ridge: z.number().gt(0).max(1e6).default(1).describe('Penalty on squared weights'),
})

/** Per arm the sums of x x' (lower triangle by rows, with the ridge) and of reward * x. Plain JSON. */
export const LinUcbState = z.strictObject({
  features: z.int().min(1),
  exploration: z.number(),
  arms: z.array(
    z.strictObject({ arm: z.string(), seen: z.int(), squares: z.array(z.number()), rewards: z.array(z.number()) }),
  ),
})
export type LinUcbState = z.infer<typeof LinUcbState>

export const ContextReward = z.strictObject({
  arm: z.string().describe('What was shown'),
  context: Context,
  reward: number.describe('What it brought, in any unit'),
})

/** A bandit whose arms are worth a linear function of the context, each its own (LinUCB with disjoint models: Li, Chu, Langford & Schapire 2010). */
export function createLinUcb(options: z.input<typeof LinUcbOptions>): LinUcbState {
  const { arms, features, exploration, ridge } = checkInput(LinUcbOptions, options)
  refuseTwins(arms)
  const squares = Array.from({ length: (features * (features + 1)) / 2 }, () => 0)
  for (let i = 0; i < features; i++) squares[(i * (i + 1)) / 2 + i] = ridge
  const rewards = Array.from({ length: features }, () => 0)
  return {
    features,
    exploration,
    arms: arms.map((arm) => ({ arm, seen: 0, squares: [...squares], rewards: [...rewards] })),
  }
}

/** The state after rewards; the given one is not changed. @throws EngineInputError for an unknown arm or a context of another length */
export function rewardLinUcb(state: LinUcbState, rewards: readonly z.infer<typeof ContextReward>[]): LinUcbState {
  const arms = state.arms.map((each) => ({ ...each, squares: [...each.squares], rewards: [...each.rewards] }))
  const byName = new Map(arms.map((each) => [each.arm, each]))
  for (const [row, { arm, context, reward }] of checkInput(z.array(ContextReward), [...rewards]).entries()) {
    const own = byName.get(arm)
    if (!own) {
      const message = `${JSON.stringify(arm)} is not an arm of this bandit`
      throw new EngineInputError('unknown-name', [{ field: 'arm', row, message }])
    }
    checkLength(state, context, row)
    own.seen++
    for (let i = 0, at = 0; i < context.length; i++) {
      own.rewards[i] = own.rewards[i]! + reward * context[i]!
      for (let j = 0; j <= i; j++, at++) own.squares[at] = own.squares[at]! + context[i]! * context[j]!
    }
  }
  return { ...state, arms }
}

export interface ArmEstimate {
  arm: string
  /** Expected reward in the context. */
  mean: number
  /** Standard error of it, in units of the noise. */
  error: number
  /** mean + exploration * error: what the choice goes by. */
  bound: number
}

/** The arms by what they may be worth in a context, the highest first; equal ones in the order of their creation. @throws EngineInputError */
export function chooseLinUcb(
  state: LinUcbState,
  context: readonly number[],
): { arm: string; arms: ArmEstimate[]; provenance: Provenance } {
  const x = checkInput(Context, [...context])
  checkLength(state, x, null)
  const n = state.features
  const arms = state.arms.map(({ arm, squares, rewards }): ArmEstimate => {
    const factor = new Float64Array(n * n)
    for (let i = 0, at = 0; i < n; i++) for (let j = 0; j <= i; j++, at++) factor[i * n + j] = squares[at]!
    factoriseDefinite(factor, n)
    const solved = Float64Array.from(x)
    solveFactorised(factor, n, solved)
    let [mean, variance] = [0, 0]
    for (let i = 0; i < n; i++) {
      mean += solved[i]! * rewards[i]!
      variance += solved[i]! * x[i]!
    }
    const error = Math.sqrt(Math.max(0, variance))
    return { arm, mean, error, bound: mean + state.exploration * error }
  })
  arms.sort((a, b) => b.bound - a.bound)
  return { arm: arms[0]!.arm, arms, provenance: provenanceOf(engine, version, 1, [state, x]) }
}

function checkLength(state: LinUcbState, context: readonly number[], row: number | null): void {
  if (context.length === state.features) return
  const message = `has ${String(context.length)} numbers, the bandit was made for ${String(state.features)}`
  throw new EngineInputError('wrong-length', [{ field: 'context', row, message }])
}

export const saveLinUcb = (state: LinUcbState): SavedModel => saveModel(engine, modelVersion, state)

/** @throws ModelVersionError */
export function loadLinUcb(saved: SavedModel): LinUcbState {
  const read = LinUcbState.safeParse(loadModel(saved, engine, modelVersion))
  if (read.success) return read.data
  throw new ModelVersionError('This bandit is damaged. Create it anew.')
}
