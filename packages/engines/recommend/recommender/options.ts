import { z } from 'zod'
import { ItemContent } from '../content/item-content.ts'

const methods = ['ease', 'item-knn', 'als', 'bpr', 'popularity'] as const
export type Method = (typeof methods)[number]

/** What repeated or weighted interactions count. */
export const Strength = z.enum(['once', 'log', 'sum'])
export type Strength = z.infer<typeof Strength>

const factors = z.int().min(1).max(512).describe('Length of the vectors')

export const EaseSettings = z.strictObject({
  lambda: z.number().gt(0).max(1e9).describe('Ridge penalty in users; larger where interactions are few'),
})
export const KnnSettings = z.strictObject({
  neighbours: z.int().min(1).max(5000).describe('Most neighbours kept per item'),
  shrinkage: z.number().min(0).max(1e6).describe('Users added to each co-occurrence: rare items count less'),
  popularityPenalty: z.number().min(0).max(1).describe('Exponent of the target’s size: 0.5 cosine, less for hits'),
  userDamping: z.number().min(0).max(1).describe('Exponent by which users with many items count less'),
})
export const AlsSettings = z.strictObject({
  factors,
  regularisation: z.number().min(1e-3).max(1e6).describe('Penalty on squared vectors'),
  alpha: z.number().min(1e-3).max(1e6).describe('Confidence that one unit of strength adds'),
  iterations: z.int().min(1).max(1000).describe('Times that users and items are solved for in turn'),
})
export const BprSettings = z.strictObject({
  factors,
  regularisation: z.number().min(0).max(1).describe('Penalty on squared vectors, per step'),
  learningRate: z.number().gt(0).max(1).describe('First step; falls to a tenth'),
  epochs: z.int().min(1).max(10_000).describe('Passes over the interactions'),
})

export const RecommenderOptions = z.strictObject({
  method: z
    .enum(['auto', ...methods])
    .default('auto')
    .describe(
      'ease: most accurate, up to some thousand items; item-knn: fast, any size, easy to explain; als: vectors, any size; bpr: vectors that rank; popularity: the same for all. auto: ease up to 3000 items, else item-knn',
    ),
  strength: Strength.default('once').describe(
    'What repeated or weighted interactions count: once; ln(1 + sum of weights); sum of weights',
  ),
  halfLifeDays: z
    .number()
    .gt(0)
    .max(1e6)
    .optional()
    .describe('Days after which an interaction counts half; all then need a time. Unless told, age does not matter'),
  choose: z
    .boolean()
    .default(true)
    .describe('Choose settings that are not given by held-out interactions of a sample; false: the stated defaults'),
  ease: EaseSettings.partial().optional(),
  itemKnn: KnnSettings.partial().optional(),
  als: AlsSettings.partial().optional(),
  bpr: BprSettings.partial().optional(),
  content: z
    .array(ItemContent)
    .max(1_000_000)
    .optional()
    .describe('What items are; items without interactions are then recommended by their likeness to others'),
})
export type RecommenderOptions = z.input<typeof RecommenderOptions>

export type Settings =
  | ({ method: 'ease' } & z.infer<typeof EaseSettings>)
  | ({ method: 'item-knn' } & z.infer<typeof KnnSettings>)
  | ({ method: 'als' } & z.infer<typeof AlsSettings>)
  | ({ method: 'bpr' } & z.infer<typeof BprSettings>)
  | { method: 'popularity' }

/** Items up to which `auto` takes EASE, whose work grows with the cube of the items. */
const easeItems = 3000

export function methodFor(method: 'auto' | Method, items: number): Method {
  if (method !== 'auto') return method
  return items <= easeItems ? 'ease' : 'item-knn'
}

type Read = z.output<typeof RecommenderOptions>

/** Defaults, with what the caller fixed. */
export function settingsFor(method: Method, options: Read): Settings {
  switch (method) {
    case 'ease':
      return { method, lambda: 200, ...known(options.ease) }
    case 'item-knn': {
      const defaults = { neighbours: 100, shrinkage: 10, popularityPenalty: 0.5, userDamping: 0.5 }
      return { method, ...defaults, ...known(options.itemKnn) }
    }
    case 'als':
      return { method, factors: 48, regularisation: 1, alpha: 10, iterations: 10, ...known(options.als) }
    case 'bpr':
      return { method, factors: 32, regularisation: 0.04, learningRate: 0.1, epochs: 50, ...known(options.bpr) }
    case 'popularity':
      return { method }
  }
}

/** What is tried beside the defaults; a setting that the caller fixed is not changed. */
export function alternatives(settings: Settings, options: Read): Settings[] {
  switch (settings.method) {
    case 'ease':
      return vary(settings, known(options.ease), { lambda: [20, 60, 200, 600, 2000] })
    case 'item-knn':
      return vary(settings, known(options.itemKnn), {
        popularityPenalty: [0.2, 0.35, 0.5],
        userDamping: [0, 0.5],
        neighbours: [50, 200],
      })
    case 'als':
      return vary(settings, known(options.als), { regularisation: [1, 10, 50], alpha: [2, 10] })
    case 'bpr':
      return vary(settings, known(options.bpr), { regularisation: [0.003, 0.01, 0.04] })
    case 'popularity':
      return [settings]
  }
}

/** All combinations of the values of the settings that are not fixed. */
function vary<S extends Settings>(settings: S, fixed: object, values: { [Name in keyof S]?: readonly S[Name][] }): S[] {
  let all = [settings]
  for (const [name, tried] of Object.entries<readonly unknown[] | undefined>(values))
    if (tried && !(name in fixed)) all = all.flatMap((each) => tried.map((value) => ({ ...each, [name]: value })))
  return all
}

/** Settings that are given, without those left undefined. */
function known<S extends object>(settings: S | undefined): { [Name in keyof S]: Exclude<S[Name], undefined> } {
  return Object.fromEntries(Object.entries(settings ?? {}).filter(([, value]) => value !== undefined)) as {
    [Name in keyof S]: Exclude<S[Name], undefined>
  }
}
