import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EngineInputError } from '../../contract/index.ts'
import { completeBasket, evaluateRules, fitRules, loadRules, saveRules } from '../index.ts'

/** Table 1 of Han, Pei & Yin (2000): with a support of 3 in 5 there are 18 frequent sets. */
const paper = ['facdgimp', 'abcflmo', 'bfhjo', 'bcksp', 'afcelpmn'].map((letters) => letters.split(''))

const shareWith = (baskets: readonly string[][], items: readonly string[]) =>
  baskets.filter((basket) => items.every((item) => basket.includes(item))).length / baskets.length

function subsets(items: readonly string[]): string[][] {
  return items.reduce<string[][]>((all, item) => [...all, ...all.map((each) => [...each, item])], [[]])
}

const codeOf = (make: () => unknown) => {
  try {
    return make()
  } catch (error) {
    return error instanceof EngineInputError ? `${error.code} ${error.message}` : error
  }
}

describe('association rules', () => {
  it('rest on the frequent sets of the paper', () => {
    const { itemsets, rules } = fitRules(paper, { support: 3 / 5, confidence: 1 })
    expect(itemsets).toBe(18)
    expect(rules).toContainEqual(
      expect.objectContaining({
        left: ['p'],
        right: 'c',
        count: 3,
        support: 0.6,
        confidence: 1,
        lift: 1.25,
        conviction: null,
      }),
    )
  })

  it('are all there are, with the figures that counting gives', () => {
    const item = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')
    fc.assert(
      fc.property(
        fc.array(fc.array(item, { maxLength: 6 }), { minLength: 2, maxLength: 14 }),
        fc.double({ min: 0.1, max: 0.6, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (baskets, support, confidence) => {
          fc.pre(baskets.some((each) => each.length > 0))
          const { rules } = fitRules(baskets, { support, confidence })
          const expected = subsets(['a', 'b', 'c', 'd', 'e', 'f']).flatMap((set) => {
            const together = shareWith(baskets, set)
            if (set.length < 2 || together < support - 1e-9 || together === 0) return []
            return set.flatMap((right) => {
              const left = set.filter((each) => each !== right)
              return together / shareWith(baskets, left) >= confidence - 1e-12 ? [`${left.join('')}>${right}`] : []
            })
          })
          expect(rules.map(({ left, right }) => `${left.join('')}>${right}`).sort()).toEqual(expected.sort())
          for (const rule of rules) {
            const both = shareWith(baskets, [...rule.left, rule.right])
            expect(rule.support).toBeCloseTo(both, 12)
            expect(rule.lift).toBeCloseTo(both / shareWith(baskets, rule.left) / shareWith(baskets, [rule.right]), 10)
          }
        },
      ),
      { numRuns: 60 },
    )
  })

  it('do not depend on the order of baskets or of their items', () => {
    const turned = paper.toReversed().map((basket) => basket.toReversed())
    expect(fitRules(turned, { support: 0.4 }).rules).toEqual(fitRules(paper, { support: 0.4 }).rules)
  })

  it('fill up a basket, and say by which rule', () => {
    const model = fitRules([['tea', 'milk'], ['tea', 'milk', 'cake'], ['tea', 'milk'], ['jam'], ['tea']], {
      support: 0.2,
    })
    const { suggestions } = completeBasket(model, ['tea', 'unheard of'])
    expect(suggestions[0]).toMatchObject({ item: 'milk', confidence: 0.75, because: { left: ['tea'] } })
    expect(completeBasket(model, ['tea', 'milk', 'cake', 'jam']).suggestions).toEqual([])
    expect(evaluateRules(model, [['tea', 'milk'], ['jam']])).toMatchObject({ hitRate: 1, tries: 2 })
  })

  it('are read back as they were saved', () => {
    const model = fitRules(paper, { support: 0.4 })
    expect(loadRules(structuredClone(saveRules(model)))).toEqual(model)
    expect(() => loadRules({ ...saveRules(model), contents: { rules: 3 } })).toThrow('damaged')
  })

  it('refuse what they cannot be made of', () => {
    expect(codeOf(() => fitRules([]))).toContain('empty')
    expect(codeOf(() => fitRules([[], []]))).toContain('empty')
    expect(codeOf(() => fitRules([['a'], ['']]))).toContain('baskets, row 1')
    expect(codeOf(() => fitRules(paper, { support: Number.NaN }))).toContain('not-finite support')
    expect(codeOf(() => fitRules(paper, { minLength: 5, maxLength: 2 }))).toContain('maxLength')
    const many = Array.from({ length: 3 }, () => Array.from({ length: 30 }, (_, k) => `item ${String(k)}`))
    expect(codeOf(() => fitRules(many, { maxItemsets: 5000, maxLength: 30 }))).toContain('raise it')
  })

  it('at the time limit say that some are missing', () => {
    expect(fitRules(paper, { support: 0.4, maxMillis: 0 }).provenance.warnings[0]?.code).toBe('time-limit')
  })
})
