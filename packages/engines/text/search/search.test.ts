import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EngineInputError } from '../../contract/index.ts'
import { findNearDuplicates } from './near-duplicates.ts'
import { buildSearchIndex, loadSearchIndex, saveSearchIndex, searchIndex } from './search-index.ts'

const shingles = (words: string[]) => new Set(words.slice(2).map((_, at) => words.slice(at, at + 3).join(' ')))

describe('an index of words', () => {
  const documents = [
    { id: 'returns', text: 'You can return a jacket within thirty days. Returns are free.' },
    { id: 'delivery', text: 'We deliver within three days; delivery is free from 50 euros.' },
    { id: 'prototype', text: '__proto__ and constructor are words like others' },
  ]
  const index = buildSearchIndex(documents)

  it('ranks the document that says it most, by stems', () => {
    expect(searchIndex(index, 'returning jackets').hits.map(({ id }) => id)).toEqual(['returns'])
    expect(searchIndex(index, 'free delivery').hits.map(({ id }) => id)).toEqual(['delivery', 'returns'])
    expect(searchIndex(index, 'constructor').hits).toHaveLength(1)
    expect(searchIndex(index, 'nothing here').hits).toEqual([])
  })

  it('answers the same after it was saved', () => {
    const saved: unknown = JSON.parse(JSON.stringify(saveSearchIndex(index)))
    const loaded = loadSearchIndex(saved as ReturnType<typeof saveSearchIndex>)
    expect(searchIndex(loaded, 'free return').hits).toEqual(searchIndex(index, 'free return').hits)
  })

  it('refuses the same id twice', () => {
    expect(() => buildSearchIndex([...documents, { id: 'returns', text: '' }])).toThrow(EngineInputError)
  })
})

describe('near-duplicates', () => {
  const text =
    'the quick brown fox jumps over the lazy dog and runs away into the dark forest before the night falls on the hills'

  it('are found with their similarity and grouped', () => {
    const texts = [
      text,
      'something else entirely is written here',
      text.replace('hills', 'mountains'),
      text.toUpperCase(),
      '',
      '',
    ]
    const { pairs, groups } = findNearDuplicates({ texts })
    expect(groups).toEqual([[0, 2, 3]])
    expect(pairs.find(({ first, second }) => first === 0 && second === 3)?.similarity).toBe(1)
    // 21 sequences of three words each, 20 in common.
    expect(pairs.find(({ first, second }) => first === 0 && second === 2)?.similarity).toBeCloseTo(20 / 22, 10)
  })

  it('are exactly the pairs that comparing all finds, but for very few', () => {
    const word = fc.constantFrom(...'a b c d e f g h'.split(' '))
    const texts = fc.array(fc.array(word, { minLength: 5, maxLength: 12 }), { minLength: 2, maxLength: 12 })
    let [wanted, found] = [0, 0]
    fc.assert(
      fc.property(texts, (rows) => {
        const { pairs } = findNearDuplicates({ texts: rows.map((row) => row.join(' ')), similarity: 0.5 })
        for (const { similarity } of pairs) expect(similarity).toBeGreaterThanOrEqual(0.5)
        for (const [i, a] of rows.entries())
          for (const b of rows.slice(i + 1)) {
            const [left, right] = [shingles(a), shingles(b)]
            const common = [...left].filter((each) => right.has(each)).length
            if (common / (left.size + right.size - common) >= 0.5) wanted++
          }
        found += pairs.length
      }),
    )
    expect(found).toBeGreaterThanOrEqual(wanted * 0.95)
    expect(found).toBeLessThanOrEqual(wanted)
  })
})

it('near-duplicates: at the time limit a warning says how many texts were read', () => {
  const { provenance } = findNearDuplicates({ texts: ['one two three', 'one two three'] }, { maxMillis: 0 })
  expect(provenance.warnings.map(({ code }) => code)).toEqual(['time-limit'])
})
