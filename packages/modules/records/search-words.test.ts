import { describe, expect, it } from 'vitest'
import { searchQuery, searchTextOf, wordsOf } from './search-words.ts'
import { deals } from './testing/deals.ts'

describe('words for the search', () => {
  it('are letters and digits in lower case, without accents, each once', () => {
    expect(wordsOf('José  said: “Café, café — №5!” (jose@acme.test)')).toEqual([
      'jose',
      'said',
      'cafe',
      'no5',
      'acme',
      'test',
    ])
  })

  it('are found in scripts that set no spaces', () => {
    expect(wordsOf('顧客満足度を調査')).toContain('顧客')
    expect(wordsOf('서울 날씨')).toEqual(['서울', '날씨'])
  })

  it('come from the marked members, however deep', () => {
    expect(searchTextOf(deals, { name: 'Alpha deal', notes: 'call Beta', stage: 'won' })).toBe('alpha deal call beta')
  })

  it('become a query that holds every word and lets each be unfinished', () => {
    expect(searchQuery(`O'Brien & "co":*`)).toBe(`'o':* & 'brien':* & 'co':*`)
    expect(searchQuery(' \\ ! ')).toBeNull()
  })

  it('stay below the size of a search vector', () => {
    const endless = Array.from({ length: 200_000 }, (_, index) => `word${String(index)}`).join(' ')
    expect(Buffer.byteLength(searchTextOf(deals, { name: endless }))).toBeLessThan(600_000)
  })
})
