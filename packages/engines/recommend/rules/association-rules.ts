import { z } from 'zod'
import {
  checkInput,
  EngineInputError,
  provenanceOf,
  startWork,
  Warning,
  type Provenance,
  type WorkOptions,
} from '../../contract/index.ts'
import { readBaskets, RuleOptions, type Basket } from './basket.ts'
import { growItemsets } from './fp-growth.ts'

export const rulesEngine = 'recommend/association-rules'
export const rulesVersion = '1'

/** Who buys all of `left` buys `right` as well. */
export const AssociationRule = z.strictObject({
  left: z.array(z.string()).describe('Items of the condition, in the order of their names'),
  right: z.string().describe('The item that follows'),
  count: z.int().min(1).describe('Baskets with both sides'),
  support: z.number().describe('Share of all baskets with both sides'),
  confidence: z.number().describe('Share of the baskets with the left side that hold the right side as well'),
  lift: z.number().describe('Confidence divided by the share of all baskets with the right side; 1: no relation'),
  leverage: z.number().describe('Support less what it would be without relation'),
  conviction: z
    .number()
    .nullable()
    .describe('How many times more often the rule would fail without relation; null when it never fails'),
})
export type AssociationRule = z.infer<typeof AssociationRule>

export interface RuleModel {
  rules: AssociationRule[]
  baskets: number
  /** Frequent item sets the rules were made of, of any length. */
  itemsets: number
  provenance: Provenance
}

interface Itemset {
  /** Ascending. */
  items: Uint32Array
  count: number
}

/**
 * All rules with one item on the right that are frequent and reliable enough (Agrawal & Srikant 1994), the strongest
 * first: by lift, then by count, then by name.
 * @throws EngineInputError for a basket that cannot be read, and when the support is so low that the sets do not end
 */
export function fitRules(baskets: readonly Basket[], options: RuleOptions & WorkOptions = {}): RuleModel {
  const { signal, maxMillis, onProgress, seed, ...own } = options
  const settings = checkInput(RuleOptions, own)
  if (settings.minLength > settings.maxLength) {
    const message = `is below minLength (${String(settings.minLength)}): no rule could be found`
    throw new EngineInputError('out-of-range', [{ field: 'maxLength', row: null, message }])
  }
  const work = startWork({ signal, maxMillis, onProgress, seed })
  const read = readBaskets(baskets)
  const total = baskets.length
  // 0.3 * 10 is a little more than 3: a count is compared as a share with the last bits left out.
  const minCount = Math.max(1, Math.ceil(settings.support * total - 1e-9 * total))
  const itemsets: Itemset[] = []
  const countOf = new Map<string, number>()
  const complete = growItemsets(read.baskets, minCount, settings.maxLength, work, (items, length, count) => {
    if (itemsets.length >= settings.maxItemsets) throw tooMany(settings.support, settings.maxItemsets)
    const sorted = items.slice(0, length).sort()
    countOf.set(keyOf(sorted), count)
    itemsets.push({ items: sorted, count })
  })
  const warnings: Warning[] = complete
    ? []
    : [
        {
          code: 'time-limit',
          message: 'The time limit ended the search: rules of the most frequent items are missing.',
        },
      ]
  const rules: AssociationRule[] = []
  for (const [at, { items, count }] of itemsets.entries()) {
    if ((at & 1023) === 0) {
      // Rules of the sets that were found are made whatever the time limit: an aborted signal ends them.
      work.expired()
      work.progress(at / itemsets.length, 'making rules')
    }
    if (items.length < settings.minLength) continue
    for (let place = 0; place < items.length; place++) {
      const left = items.filter((_, k) => k !== place)
      // At the time limit a part of a set may not have been counted.
      const leftCount = left.length === 0 ? total : countOf.get(keyOf(left))
      const rightCount = countOf.get(keyOf(items.subarray(place, place + 1)))
      if (leftCount === undefined || rightCount === undefined) continue
      const confidence = count / leftCount
      const lift = confidence / (rightCount / total)
      if (confidence < settings.confidence - 1e-12 || lift < settings.minLift) continue
      rules.push({
        left: Array.from(left, (each) => read.names[each]!).sort(compareNames),
        right: read.names[items[place]!]!,
        count,
        support: count / total,
        confidence,
        lift,
        leverage: count / total - (leftCount / total) * (rightCount / total),
        conviction: count === leftCount ? null : (1 - rightCount / total) / (1 - confidence),
      })
    }
  }
  rules.sort((a, b) => b.lift - a.lift || b.count - a.count || compareNames(nameOf(a), nameOf(b)))
  const { start, item } = read.baskets
  return {
    rules,
    baskets: total,
    itemsets: itemsets.length,
    provenance: provenanceOf(rulesEngine, rulesVersion, work.seed, [read.names, start, item, settings], warnings),
  }
}

const keyOf = (items: Uint32Array) => items.join(',')
const nameOf = (rule: AssociationRule) => JSON.stringify([rule.left, rule.right])
/** By code units: the same in every locale. */
export const compareNames = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

function tooMany(support: number, most: number): EngineInputError {
  const message = `${String(support)} gives more than ${String(most)} frequent item sets; raise it, or lower maxLength`
  return new EngineInputError('out-of-range', [{ field: 'support', row: null, message }])
}
