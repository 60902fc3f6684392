import { z } from 'zod'
import { checkInput, provenanceOf, Provenance } from '../../contract/index.ts'
import { chanceOf, countLetters, eachStep, type LetterModel, wordsOf } from './letter-model.ts'
import { samples, scripts } from './samples.ts'

export const LanguageInput = z.object({
  text: z.string().max(50_000_000).describe('At most the first 1,500 letters are looked at'),
})

export const DetectedLanguage = z.object({
  language: z.string().nullable().describe('ISO 639-1 code; null when the text has no letters'),
  confidence: z.number().describe('Probability of the language, 0 to 1'),
  candidates: z
    .array(z.object({ language: z.string(), probability: z.number() }))
    .describe('Likeliest first, at most five'),
  provenance: Provenance,
})
export type DetectedLanguage = z.infer<typeof DetectedLanguage>

/** Languages that can be told, by ISO 639-1 code. */
export const detectableLanguages: readonly string[] = [
  ...Object.keys(samples),
  ...scripts.map(([, language]) => language),
]

const lettersRead = 1500
/** What a common word adds, in units of the logarithm of a chance: it is seldom met in other languages. */
const wordWeight = 3
/** Neighbouring letters say nearly the same; without this every text would be certain. */
const dependence = 0.5

let built: readonly LetterModel[] | null = null

/**
 * The language of a text: by its script where that tells, else by how well each language foretells its letters one after the
 * other (T. Dunning, "Statistical Identification of Language", 1994) and by common words. Sentences are nearly always told rightly; single
 * words, and neighbours such as Danish and Norwegian, are told with a lower confidence.
 */
export function detectLanguage(input: z.input<typeof LanguageInput>): DetectedLanguage {
  const { text } = checkInput(LanguageInput, input)
  const part = text
    .slice(0, lettersRead * 2)
    .replace(/https?:\S+|\S+@\S+/g, ' ')
    .slice(0, lettersRead)
  const provenance = provenanceOf('text/language', '2.0.0', 0, [input])
  const letters = part.match(/\p{L}/gu)?.length ?? 0
  if (letters === 0) return { language: null, confidence: 0, candidates: [], provenance }
  const byScript = scriptLanguage(part, letters)
  const candidates = byScript ? [{ language: byScript, probability: 1 }] : byLetters(part)
  const best = candidates[0]
  return { language: best?.language ?? null, confidence: best?.probability ?? 0, candidates, provenance }
}

/** Japanese is full of Chinese characters: some kana among them are enough. */
function scriptLanguage(text: string, letters: number): string | null {
  const counts = new Map(scripts.map(([pattern, language]) => [language, text.match(pattern)?.length ?? 0]))
  if ((counts.get('ja') ?? 0) > 0 && (counts.get('ja') ?? 0) + (counts.get('zh') ?? 0) > letters / 2) return 'ja'
  for (const [language, count] of counts) if (count > letters / 2) return language
  return null
}

function byLetters(text: string): { language: string; probability: number }[] {
  built ??= Object.entries(samples).map(([language, sample]) => countLetters(language, sample))
  const words = wordsOf(text)
  const steps = new Map<string, { context: string; letter: string; count: number }>()
  for (const word of words)
    eachStep(word, (context, letter) => {
      const step = steps.get(context + letter)
      if (step) step.count++
      else steps.set(context + letter, { context, letter, count: 1 })
    })
  const scores = built.map((model) => {
    let sum = words.reduce((total, word) => total + (model.words.has(word) ? wordWeight : 0), 0)
    for (const { context, letter, count } of steps.values()) sum += count * Math.log(chanceOf(model, context, letter))
    return sum * dependence
  })
  const largest = Math.max(...scores)
  const powers = scores.map((score) => Math.exp(score - largest))
  const total = powers.reduce((sum, power) => sum + power, 0)
  return built
    .map(({ language }, at) => ({ language, probability: (powers[at] ?? 0) / total }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, 5)
}
