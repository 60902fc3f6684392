import { z } from 'zod'
import { checkInput, provenanceOf, Provenance } from '../../contract/index.ts'
import { samples, scripts } from './samples.ts'

export const LanguageInput = z.object({
  text: z.string().max(50_000_000).describe('At most the first 4,000 letters are looked at'),
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

const lettersRead = 4000
const longestRun = 4
/** A common word counts like this many runs of letters: it is seldom met in other languages. */
const wordWeight = 3
/** Neighbouring runs say nearly the same; without this every text would be certain. */
const dependence = 0.35

interface Profile {
  language: string
  /** Log probability by run of letters or word. */
  logs: Map<string, number>
  unseen: number
}

let built: readonly Profile[] | null = null

/**
 * The language of a text: by its script where that tells, else by naive Bayes over runs of 1 to 4 letters within words (W. B. Cavnar and
 * J. M. Trenkle 1994; T. Dunning 1994) and common words. Sentences are nearly always told rightly; single words, and neighbours such as Danish
 * and Norwegian, are told with a lower confidence.
 */
export function detectLanguage(input: z.input<typeof LanguageInput>): DetectedLanguage {
  const { text } = checkInput(LanguageInput, input)
  const part = text
    .slice(0, lettersRead * 2)
    .replace(/https?:\S+|\S+@\S+/g, ' ')
    .slice(0, lettersRead)
  const provenance = provenanceOf('text/language', '1.0.0', 0, [input])
  const letters = part.match(/\p{L}/gu)?.length ?? 0
  if (letters === 0) return { language: null, confidence: 0, candidates: [], provenance }
  const byScript = scriptLanguage(part, letters)
  const candidates = byScript ? [{ language: byScript, probability: 1 }] : byProfiles(part)
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

function byProfiles(text: string): { language: string; probability: number }[] {
  built ??= buildProfiles()
  const counts = countRuns(text)
  const scores = built.map(({ logs, unseen }) => {
    let sum = 0
    for (const [run, count] of counts) sum += count * (logs.get(run) ?? unseen)
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

function buildProfiles(): Profile[] {
  const counted = Object.entries(samples).map(([language, sample]) => ({ language, counts: countRuns(sample) }))
  const different = new Set(counted.flatMap(({ counts }) => [...counts.keys()])).size
  return counted.map(({ language, counts }) => {
    // Repetition in a word list means little: the square root of the count, and additive smoothing.
    const smoothing = 0.05
    const total = [...counts.values()].reduce((sum, count) => sum + Math.sqrt(count), 0) + smoothing * different
    const logs = new Map([...counts].map(([run, count]) => [run, Math.log((Math.sqrt(count) + smoothing) / total)]))
    return { language, logs, unseen: Math.log(smoothing / total) }
  })
}

/** Runs of letters with the word's edges as `_`, whole words as `=word`. */
function countRuns(text: string): Map<string, number> {
  const counts = new Map<string, number>()
  const add = (run: string, amount: number) => counts.set(run, (counts.get(run) ?? 0) + amount)
  for (const [word] of text
    .toLowerCase()
    .normalize('NFC')
    .matchAll(/[\p{L}\p{M}]+/gu)) {
    const padded = `_${word}_`
    for (let from = 0; from < padded.length; from++)
      for (let to = from + 1; to <= padded.length && to <= from + longestRun; to++) {
        const run = padded.slice(from, to)
        if (run !== '_') add(run, 1)
      }
    add(`=${word}`, wordWeight)
  }
  return counts
}
