import { z } from 'zod'
import { Folding } from '../cross-validation/folding.ts'

const share = z.number().gt(0).max(1)

export const Objective = z
  .enum(['binary', 'multiclass', 'squared', 'absolute', 'quantile', 'poisson', 'gamma', 'tweedie'])
  .describe(
    'binary, multiclass: probabilities of classes. squared: the mean; absolute: the median; quantile: any level. poisson: counts (or rate = count / exposure, with the exposure as weight); gamma: positive amounts; tweedie: amounts with zeros',
  )
export type Objective = z.infer<typeof Objective>

/** Settings that decide how trees grow. */
export const TreeSettings = z.strictObject({
  learningRate: z.number().gt(0).max(1).describe('Share of each tree that is kept'),
  leaves: z.int().min(2).max(4096).describe('Most leaves per tree'),
  depth: z.int().min(1).max(64).describe('Most splits between root and leaf'),
  minRows: z.int().min(1).describe('Fewest rows in a leaf'),
  l2: z.number().min(0).describe('Penalty on squared leaf outputs'),
  minGain: z.number().min(0).describe('Least loss that a split must remove, in units of the loss times rows'),
  rowShare: share.describe('Share of rows that each tree sees'),
  columnShare: share.describe('Share of features that each tree sees'),
})
export type TreeSettings = z.infer<typeof TreeSettings>

export const BoostingOptions = z.strictObject({
  target: z.string().describe('Column to predict'),
  features: z.array(z.string()).min(1).optional().describe('Columns to predict from; all others unless told'),
  weight: z
    .string()
    .optional()
    .describe('Column with the weight of each row; only the ratios count, but of poisson it is the exposure'),
  objective: Objective.optional().describe(
    'Unless told: binary or multiclass for text, booleans or numbers 0 and 1; else squared',
  ),
  positive: z.string().optional().describe('The class whose probability is told, of a binary target'),
  level: z.number().gt(0).lt(1).default(0.5).describe('Level of the quantile objective'),
  power: z.number().gt(1).lt(2).default(1.5).describe('Variance power of the tweedie objective'),
  classWeights: z
    .union([z.literal('balanced'), z.record(z.string(), z.number().gt(0))])
    .optional()
    .describe(
      'Weight per class; balanced: each class weighs the same in sum. Probabilities are then those of the weighted rows',
    ),
  monotone: z
    .record(z.string(), z.enum(['increasing', 'decreasing']))
    .default({})
    .describe('Numeric features with which the prediction may only rise or only fall'),
  rounds: z.int().min(1).max(20_000).optional().describe('Most rounds; unless told 1000, fewer on very large tables'),
  earlyStopping: z
    .union([
      z.literal(false),
      z.strictObject({
        patience: z.int().min(1).default(50).describe('Rounds without a better loss after which the search ends'),
        ...Folding.shape,
      }),
    ])
    .optional()
    .describe(
      'The number of rounds is chosen by cross-validation (on very large tables by a held-out tenth); false: all rounds are made',
    ),
  tune: z
    .boolean()
    .default(false)
    .describe('Choose tree settings by cross-validation as well; about ten times the work'),
  interactions: z
    .boolean()
    .default(false)
    .describe(
      'Try products, differences and ratios of numeric columns as further features; they stay when cross-validation is better with them',
    ),
  settings: TreeSettings.partial().default({}).describe('Tree settings that are fixed'),
  threshold: z
    .union([z.number().gt(0).lt(1), z.literal('f1')])
    .default(0.5)
    .describe('Probability from which a row is called positive; f1: the one with the best F1 in cross-validation'),
})
export type BoostingOptions = z.input<typeof BoostingOptions>

/** Cells (rows times features) above which rounds are chosen on one held-out part and trees see half of the rows. */
export const largeTable = 4_000_000

/** LightGBM's default (Ke et al. 2017); small tables get leaves of a twentieth of their rows. */
const defaultMinRows = 20

/** Defaults; on large tables fewer and larger steps. */
export function defaultSettings(rows: number, features: number): TreeSettings {
  const large = rows * features > largeTable
  return {
    learningRate: large ? 0.1 : 0.05,
    leaves: 31,
    depth: 16,
    minRows: Math.min(defaultMinRows, Math.max(1, Math.round(rows / 20))),
    l2: 1,
    minGain: 0,
    rowShare: large ? 0.5 : 0.8,
    columnShare: 0.8,
  }
}

/** Most rounds unless told: what about a minute of one core can do on a very large table. */
export function defaultRounds(cells: number): number {
  return cells > largeTable ? Math.max(50, Math.min(1000, Math.round(2_400_000_000 / cells))) : 1000
}

/** Settings that are given, without those left undefined. */
export function known(settings: {
  [Name in keyof TreeSettings]?: TreeSettings[Name] | undefined
}): Partial<TreeSettings> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined))
}
