import { z } from 'zod'
import { checkInput, EngineInputError, provenanceOf, Provenance } from '../../contract/index.ts'
import { splitSentences } from '../words/sentences.ts'
import { type Language, languageByStopWords, languages } from '../words/stop-words.ts'
import { fold, tokenize } from '../words/tokens.ts'

export const ReadabilityInput = z.object({
  text: z.string().max(5_000_000),
  language: z
    .enum(['auto', ...languages] as const)
    .optional()
    .describe('Recognised unless told'),
})

export const Readability = z.object({
  language: z.string(),
  sentences: z.int(),
  words: z.int(),
  syllables: z.int(),
  wordsPerSentence: z.number(),
  syllablesPerWord: z.number(),
  ease: z.number().describe('Reading ease, about 0 (very hard) to 100 (very easy), by the formula of the language'),
  easeFormula: z.string(),
  grade: z.number().nullable().describe('Years of school needed; null where the language has no such formula'),
  gradeFormula: z.string().nullable(),
  provenance: Provenance,
})
export type Readability = z.infer<typeof Readability>

/**
 * How hard a text is to read. English: Flesch 1948 and Kincaid et al. 1975; German: Amstad 1978 and the first Wiener Sachtextformel (Bamberger
 * and Vanecek 1984); French: Kandel and Moles 1958; Italian: Gulpease (Lucisano and Piemontese 1988); Spanish: Fernández Huerta 1959.
 * Syllables are counted by groups of vowels, which errs by a few in a hundred.
 *
 * @throws EngineInputError when the text has no word
 */
export function readability(input: z.input<typeof ReadabilityInput>): Readability {
  const { text, language: asked = 'auto' } = checkInput(ReadabilityInput, input)
  const words = text.match(/[\p{L}\p{M}]+(?:['’-][\p{L}\p{M}]+)*/gu) ?? []
  if (words.length === 0) throw new EngineInputError('empty', [{ field: 'text', row: null, message: 'has no word' }])
  const language = asked === 'auto' ? languageByStopWords(tokenize(text.slice(0, 20_000)), 'en') : asked
  const sentences = Math.max(1, splitSentences(text).length)
  const perWord = words.map((word) => syllablesOf(word, language))
  const syllables = perWord.reduce((sum, count) => sum + count, 0)
  const letters = words.reduce((sum, word) => sum + word.length, 0)
  const perSentence = words.length / sentences
  const mean = syllables / words.length
  const share = (wanted: (word: string, at: number) => boolean) => words.filter(wanted).length / words.length
  const ease: Record<Language, [string, number]> = {
    en: ['Flesch', 206.835 - 1.015 * perSentence - 84.6 * mean],
    de: ['Amstad', 180 - perSentence - 58.5 * mean],
    fr: ['Kandel-Moles', 207 - 1.015 * perSentence - 73.6 * mean],
    it: ['Gulpease', 89 + (300 * sentences - 10 * letters) / words.length],
    es: ['Fernández Huerta', 206.84 - 1.02 * perSentence - 60 * mean],
  }
  const grade: Partial<Record<Language, [string, number]>> = {
    en: ['Flesch-Kincaid', 0.39 * perSentence + 11.8 * mean - 15.59],
    de: [
      'Wiener Sachtextformel 1',
      19.35 * share((_, at) => (perWord[at] ?? 0) >= 3) +
        0.1672 * perSentence +
        12.97 * share((word) => word.length > 6) -
        3.27 * share((_, at) => perWord[at] === 1) -
        0.875,
    ],
  }
  return {
    language,
    sentences,
    words: words.length,
    syllables,
    wordsPerSentence: perSentence,
    syllablesPerWord: mean,
    ease: ease[language][1],
    easeFormula: ease[language][0],
    grade: grade[language]?.[1] ?? null,
    gradeFormula: grade[language]?.[0] ?? null,
    provenance: provenanceOf('text/readability', '1.0.0', 0, [input]),
  }
}

/** Syllables of a word by its vowel groups; English without the silent e. */
export function syllablesOf(word: string, language: Language): number {
  const lower = language === 'en' ? fold(word) : word.toLowerCase()
  if (language === 'en') {
    if (lower.length <= 3) return 1
    const spoken = lower.replace(/(?:[^laeiouy]es|[^dt]ed|[^l]e)$/, (end) => end[0] ?? '').replace(/^y/, '')
    const groups = spoken.match(/[aeiouy]+/g)?.length ?? 0
    const split = spoken.match(/i[ao](?!u)|eo(?!u)|[^aeiou]ua|[^gq]ua|uou|ism$|(?<=[aeiouy][^aeiou]+)ea$/g)?.length ?? 0
    const joined = spoken.match(/[tcsg]i[ao]/g)?.length ?? 0
    return Math.max(1, groups + split - joined)
  }
  const vowels: Record<Exclude<Language, 'en'>, RegExp> = {
    de: /aa|ee|oo|ie|ei|ai|au|eu|äu|[aeiouyäöüàéè]/g,
    fr: /[aeiouyàâäéèêëîïôöùûüœæ]+/g,
    it: /[iu](?=[aeoàèéò])[aeoàèéò]|[aeoàèéò][iu]|[aeiouàèéìòù]/g,
    es: /[iuü][iu]|[iuü](?=[aeoáéó])[aeoáéó]|[aeoáéó][iuy](?![áéó])|[aeiouáéíóúü]/g,
  }
  const spoken = language === 'fr' ? lower.replace(/(?<=[aeiouyàâéèêîôû].*[^aeiouyàâéèêîôû])e(?:s|nt)?$/, '') : lower
  return Math.max(1, spoken.match(vowels[language])?.length ?? 0)
}
