import { z } from 'zod'
import {
  checkInput,
  createRandom,
  EngineInputError,
  loadModel,
  ModelVersionError,
  provenanceOf,
  saveModel,
  type Provenance,
  type Random,
  type SavedModel,
} from '../../contract/index.ts'
import { refuseTwins } from './arms.ts'
import { drawBeta } from './beta.ts'

const engine = 'recommend/thompson'
const version = '1'
const modelVersion = 1

export const ThompsonOptions = z.strictObject({
  arms: z.array(z.string().min(1)).min(1).max(10_000).describe('What can be shown'),
  priorWins: z.number().gt(0).max(1e6).default(1).describe('Wins each arm starts with'),
  priorLosses: z.number().gt(0).max(1e6).default(1).describe('Losses each arm starts with'),
  keep: z
    .number()
    .gt(0)
    .max(1)
    .default(1)
    .describe('Share of what was learnt that is kept at each reward; below 1 for tastes that change'),
})

/** Wins and losses by arm, with the prior. Plain JSON. */
export const ThompsonState = z.strictObject({
  arms: z.array(z.strictObject({ arm: z.string(), wins: z.number().gt(0), losses: z.number().gt(0) })),
  prior: z.strictObject({ wins: z.number().gt(0), losses: z.number().gt(0) }),
  keep: z.number(),
})
export type ThompsonState = z.infer<typeof ThompsonState>

export const ArmReward = z.strictObject({
  arm: z.string(),
  reward: z.number().min(0).max(1).describe('0 to 1, for instance 1 for a click; parts count as parts of a win'),
})

/** A bandit that shows each arm as often as it is likely to be the best (Thompson 1933; Chapelle & Li 2011). @throws EngineInputError for two arms of one name */
export function createThompson(options: z.input<typeof ThompsonOptions>): ThompsonState {
  const { arms, priorWins, priorLosses, keep } = checkInput(ThompsonOptions, options)
  refuseTwins(arms)
  const prior = { wins: priorWins, losses: priorLosses }
  return { arms: arms.map((arm) => ({ arm, ...prior })), prior, keep }
}

/** The state after rewards, in their order; the given one is not changed. @throws EngineInputError for an unknown arm */
export function rewardThompson(state: ThompsonState, rewards: readonly z.infer<typeof ArmReward>[]): ThompsonState {
  const arms = state.arms.map((each) => ({ ...each }))
  const byName = new Map(arms.map((each) => [each.arm, each]))
  const { prior, keep } = state
  for (const [row, { arm, reward }] of checkInput(z.array(ArmReward), [...rewards]).entries()) {
    const own = byName.get(arm)
    if (!own) {
      const message = `${JSON.stringify(arm)} is not an arm of this bandit`
      throw new EngineInputError('unknown-name', [{ field: 'arm', row, message }])
    }
    // Forgetting goes towards the prior, so that no arm is given up for good.
    if (keep < 1)
      for (const each of arms) {
        each.wins = prior.wins + keep * (each.wins - prior.wins)
        each.losses = prior.losses + keep * (each.losses - prior.losses)
      }
    own.wins += reward
    own.losses += 1 - reward
  }
  return { arms, prior, keep }
}

export const ThompsonChoice = z.strictObject({
  count: z.int().min(1).max(1000).default(1).describe('Arms to choose, best draw first'),
  draws: z.int().min(0).max(100_000).default(0).describe('Draws for the chance of each arm to be shown first; 0: none'),
  seed: z.int().default(1).describe('Another one for each decision'),
})

/**
 * Draws a possible rate of success for each arm and takes the highest.
 * @returns `chance`: how often each arm would be first, by arm (what offline evaluation needs); null without `draws`
 */
export function chooseThompson(
  state: ThompsonState,
  options: z.input<typeof ThompsonChoice> = {},
): { arms: string[]; chance: Record<string, number> | null; provenance: Provenance } {
  const read = checkInput(ThompsonChoice, options)
  const random = createRandom(read.seed)
  const drawn = drawAll(state, random)
  const order = [...drawn.keys()].sort((a, b) => drawn[b]! - drawn[a]! || a - b).slice(0, read.count)
  let chance: Record<string, number> | null = null
  if (read.draws > 0) {
    const first = new Float64Array(state.arms.length)
    const stream = random.fork(1)
    for (let k = 0; k < read.draws; k++) {
      const each = drawAll(state, stream)
      const best = each.indexOf(each.reduce((a, b) => Math.max(a, b), -1))
      first[best] = first[best]! + 1
    }
    chance = Object.fromEntries(state.arms.map(({ arm }, at) => [arm, first[at]! / read.draws]))
  }
  const arms = order.map((at) => state.arms[at]!.arm)
  return { arms, chance, provenance: provenanceOf(engine, version, read.seed, [state, read]) }
}

const drawAll = (state: ThompsonState, random: Random) =>
  Float64Array.from(state.arms, ({ wins, losses }) => drawBeta(random, wins, losses))

/** What is believed of each arm: mean rate of success and its standard deviation. */
export function explainThompson(
  state: ThompsonState,
): { arm: string; mean: number; deviation: number; seen: number }[] {
  return state.arms.map(({ arm, wins, losses }) => {
    const n = wins + losses
    const mean = wins / n
    const deviation = Math.sqrt((mean * (1 - mean)) / (n + 1))
    return { arm, mean, deviation, seen: n - state.prior.wins - state.prior.losses }
  })
}

export const saveThompson = (state: ThompsonState): SavedModel => saveModel(engine, modelVersion, state)

/** @throws ModelVersionError */
export function loadThompson(saved: SavedModel): ThompsonState {
  const read = ThompsonState.safeParse(loadModel(saved, engine, modelVersion))
  if (read.success) return read.data
  throw new ModelVersionError('This bandit is damaged. Create it anew.')
}
