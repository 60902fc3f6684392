import { describe, expect, it, test } from 'vitest'
import { EngineInputError } from '../../contract/index.ts'
import { keyPhrases } from './key-phrases.ts'
import { readability, syllablesOf } from './readability.ts'

describe('readability', () => {
  it('is by the published formulas', () => {
    // 13 words, 2 sentences, 15 syllables.
    const result = readability({ text: 'The cat sat on the mat. The dog ran over the big hill today.', language: 'en' })
    expect(result).toMatchObject({ words: 14, sentences: 2, syllables: 16 })
    expect(result.ease).toBeCloseTo(206.835 - 1.015 * 7 - (84.6 * 16) / 14, 10)
    expect(result.grade).toBeCloseTo(0.39 * 7 + (11.8 * 16) / 14 - 15.59, 10)
  })

  it('tells hard from easy in each language', () => {
    const pairs = {
      en: [
        'We open at nine. You can come in.',
        'Notwithstanding considerable organisational difficulties, international institutions continuously renegotiate responsibilities.',
      ],
      de: [
        'Wir haben auf. Komm doch zu uns.',
        'Die Zahlungsverpflichtungen der Gesellschafterversammlung unterliegen gesetzlichen Aufbewahrungsbestimmungen.',
      ],
      fr: [
        'Le chat est là. Il dort bien.',
        'Les responsabilités organisationnelles des établissements internationaux nécessitent continuellement une réévaluation.',
      ],
      it: [
        'Il cane dorme. La casa è bella.',
        'Le responsabilità organizzative delle istituzioni internazionali necessitano continuamente di rinegoziazione.',
      ],
      es: [
        'El gato duerme. La casa es roja.',
        'Las responsabilidades organizativas de las instituciones internacionales necesitan continuamente renegociación.',
      ],
    } as const
    for (const [language, [easy, hard]] of Object.entries(pairs)) {
      const [a, b] = [readability({ text: easy }), readability({ text: hard })]
      expect([language, a.language, b.language]).toEqual([language, language, language])
      expect(a.ease).toBeGreaterThan(b.ease + 20)
    }
  })

  test.each([
    ['en', 'make', 1],
    ['en', 'banana', 3],
    ['en', 'table', 2],
    ['en', 'nation', 2],
    ['en', 'idea', 3],
    ['en', 'wanted', 2],
    ['de', 'Straße', 2],
    ['de', 'Häuser', 2],
    ['fr', 'maison', 2],
    ['fr', 'table', 1],
    ['it', 'fiore', 2],
    ['es', 'ciudad', 2],
  ] as const)('%s: %s has %d syllable(s)', (language, word, count) => {
    expect(syllablesOf(word, language)).toBe(count)
  })

  it('a text without words is refused', () => {
    expect(() => readability({ text: '1 2 3 !' })).toThrow(EngineInputError)
  })
})

describe('key phrases', () => {
  const text = `Solar panels turn sunlight into power. The city council wants solar panels on every school roof.
    A school roof with solar panels saves money. The council will pay for the panels. Critics say that roofs are old.`

  it('are what the text speaks of, written as in the text', () => {
    const { phrases } = keyPhrases({ text, top: 5 })
    const found = phrases.map(({ phrase }) => phrase.toLowerCase())
    expect(found[0]).toBe('solar panels')
    expect(found.some((phrase) => phrase.includes('roof'))).toBe(true)
    expect(phrases[0]).toMatchObject({ score: 1, count: 3 })
  })

  it('of an empty text are none', () => {
    expect(keyPhrases({ text: ' the of and ' }).phrases).toEqual([])
  })
})
