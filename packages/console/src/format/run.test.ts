import { describe, expect, it } from 'vitest'
import { factsOf, modelName, reasonText } from './run'

describe('a run in words', () => {
  it('explains why a fallback answered', () => {
    expect(reasonText('rate_limited')).toBe('rate limit reached')
    expect(reasonText('moon_phase')).toBe('moon phase')
  })

  it('does not repeat the provider in the name of its model', () => {
    expect(modelName('guildhall', 'guildhall/extractive')).toBe('extractive')
    expect(modelName('openai', 'gpt-5-mini')).toBe('gpt-5-mini')
    expect(modelName(null, null)).toBe('–')
  })

  it('keeps facts short', () => {
    expect(
      factsOf({ byText: 4, bestScore: 0.0328947, terms: ['price', 'seat'], citations: [{ quote: 'a' }], note: null }),
    ).toEqual([
      { name: 'by text', text: '4' },
      { name: 'best score', text: '0.033' },
      { name: 'terms', text: 'price, seat' },
      { name: 'citations', text: '1' },
    ])
  })
})
