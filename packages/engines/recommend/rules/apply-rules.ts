import { z } from 'zod'
import { checkInput, provenanceOf, startWork, type Provenance, type WorkOptions } from '../../contract/index.ts'
import { Basket, readBaskets } from './basket.ts'
import { compareNames, rulesEngine, rulesVersion, type AssociationRule, type RuleModel } from './association-rules.ts'

export const CompleteOptions = z.strictObject({
  count: z.int().min(1).max(1000).default(5).describe('Most items to suggest'),
})

/** An item to add, and the rule that says so. */
export interface BasketSuggestion {
  item: string
  /** Chance that a basket with the left side of `because` holds the item. */
  confidence: number
  because: AssociationRule
}

/**
 * What else goes into a basket: the right sides of the rules whose left side it holds, each by its most reliable rule.
 * @throws EngineInputError
 */
export function completeBasket(
  model: RuleModel,
  basket: Basket,
  options: z.input<typeof CompleteOptions> = {},
): { suggestions: BasketSuggestion[]; provenance: Provenance } {
  const { count } = checkInput(CompleteOptions, options)
  const held = new Set(checkInput(Basket, basket))
  const best = new Map<string, AssociationRule>()
  for (const rule of model.rules) {
    if (held.has(rule.right) || !rule.left.every((item) => held.has(item))) continue
    const known = best.get(rule.right)
    if (!known || isBetter(rule, known)) best.set(rule.right, rule)
  }
  const suggestions = [...best.values()]
    .sort((a, b) => b.confidence - a.confidence || b.lift - a.lift || compareNames(a.right, b.right))
    .slice(0, count)
    .map((because) => ({ item: because.right, confidence: because.confidence, because }))
  const inputs = [model.provenance.inputsHash, [...held].sort(compareNames), count]
  return { suggestions, provenance: provenanceOf(rulesEngine, rulesVersion, model.provenance.seed, inputs) }
}

const isBetter = (a: AssociationRule, b: AssociationRule) =>
  a.confidence > b.confidence || (a.confidence === b.confidence && a.left.length < b.left.length)

export interface RuleFigures {
  /** Share of the tried items that were among the suggestions for the rest of their basket. */
  hitRate: number
  /** Share of the tries for which any rule applied. */
  coverage: number
  tries: number
  provenance: Provenance
}

/**
 * Takes each item out of each basket and looks whether the rules would suggest it; baskets of one item tell nothing. At the
 * time limit the figures are those of the baskets tried so far, with a warning.
 * @param baskets that the rules were not made of
 */
export function evaluateRules(
  model: RuleModel,
  baskets: readonly Basket[],
  options: z.input<typeof CompleteOptions> & WorkOptions = {},
): RuleFigures {
  const { seed: _seed, signal, maxMillis, onProgress, ...own } = options
  const work = startWork({ signal, maxMillis, onProgress })
  const read = readBaskets(baskets)
  let [tries, hits, answered, tried] = [0, 0, 0, 0]
  for (const basket of baskets) {
    if (work.expired()) break
    work.progress(tried++ / baskets.length, 'completing baskets')
    const items = [...new Set(basket)]
    if (items.length < 2) continue
    for (const item of items) {
      const rest = items.filter((each) => each !== item)
      const { suggestions } = completeBasket(model, rest, own)
      tries++
      if (suggestions.length > 0) answered++
      if (suggestions.some((each) => each.item === item)) hits++
    }
  }
  const inputs = [model.provenance.inputsHash, read.names, read.baskets.start, read.baskets.item, own]
  const cut = `The time limit ended the test after ${String(tried)} of ${String(baskets.length)} baskets.`
  const warnings = tried < baskets.length ? [{ code: 'time-limit', message: cut }] : []
  return {
    hitRate: tries > 0 ? hits / tries : 0,
    coverage: tries > 0 ? answered / tries : 0,
    tries,
    provenance: provenanceOf(rulesEngine, rulesVersion, model.provenance.seed, inputs, warnings),
  }
}
