import { z } from 'zod'
import { EngineInputError } from '../../contract/index.ts'
import { longestItemset, type Baskets } from './fp-growth.ts'

export const Basket = z
  .array(z.string().min(1))
  .describe('Items bought (or seen, or used) together; an item counts once however often it is named')
export type Basket = z.infer<typeof Basket>

const share = z.number().gt(0).max(1)

export const RuleOptions = z.strictObject({
  support: share.default(0.01).describe('Least share of the baskets that hold all items of a rule, 0 to 1'),
  confidence: z
    .number()
    .min(0)
    .max(1)
    .default(0.25)
    .describe('Least share of the baskets with the left side that hold the right side as well, 0 to 1'),
  minLength: z.int().min(1).max(longestItemset).default(2).describe('Fewest items of a rule, both sides together'),
  maxLength: z.int().min(1).max(longestItemset).default(10).describe('Most items of a rule, both sides together'),
  minLift: z.number().min(0).default(0).describe('Least ratio of the confidence to the share of all baskets'),
  maxItemsets: z
    .int()
    .min(1)
    .max(5_000_000)
    .default(1_000_000)
    .describe('Refuse to go on beyond this number of frequent item sets: the support is too low for the data'),
})
export type RuleOptions = z.input<typeof RuleOptions>

/** Numbers the items in the order of their first appearance. @throws EngineInputError naming the basket */
export function readBaskets(baskets: readonly Basket[]): { names: string[]; baskets: Baskets } {
  if (!Array.isArray(baskets) || baskets.length === 0)
    throw new EngineInputError('empty', [{ field: 'baskets', row: null, message: 'holds no basket' }])
  const index = new Map<string, number>()
  const start = new Uint32Array(baskets.length + 1)
  const item: number[] = []
  for (const [row, basket] of baskets.entries()) {
    const parsed = Basket.safeParse(basket)
    if (!parsed.success) {
      const message = 'must be a list of item names, none of them empty'
      throw new EngineInputError('wrong-type', [{ field: 'baskets', row, message }])
    }
    for (const name of new Set(parsed.data)) {
      let at = index.get(name)
      if (at === undefined) index.set(name, (at = index.size))
      item.push(at)
    }
    start[row + 1] = item.length
  }
  if (item.length === 0)
    throw new EngineInputError('empty', [{ field: 'baskets', row: null, message: 'hold no items at all' }])
  return { names: [...index.keys()], baskets: { start, item: Uint32Array.from(item), items: index.size } }
}
