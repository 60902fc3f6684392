/** How a language's words go on, letter by letter: counts by up to `longestContext` letters before. */
export interface LetterModel {
  language: string
  words: ReadonlySet<string>
  /** Times that a context was followed by a letter, by both together. */
  counts: Map<string, number>
  /** Times that a context was followed by anything, and by how many different letters. */
  totals: Map<string, number>
  kinds: Map<string, number>
}

const longestContext = 4
/** Chance of a letter that a language does not have. */
const foreign = 1 / 1000

/** Words in lower case, accents as one character each. */
export const wordsOf = (text: string): string[] =>
  text
    .toLowerCase()
    .normalize('NFC')
    .match(/[\p{L}\p{M}]+/gu) ?? []

export function countLetters(language: string, sample: string): LetterModel {
  const counts = new Map<string, number>()
  const totals = new Map<string, number>()
  const kinds = new Map<string, number>()
  const words = wordsOf(sample)
  for (const word of words)
    eachStep(word, (context, letter) => {
      for (let from = 0; from <= context.length; from++) {
        const before = context.slice(from)
        const seen = counts.get(before + letter) ?? 0
        counts.set(before + letter, seen + 1)
        totals.set(before, (totals.get(before) ?? 0) + 1)
        if (seen === 0) kinds.set(before, (kinds.get(before) ?? 0) + 1)
      }
    })
  return { language, words: new Set(words), counts, totals, kinds }
}

/** Each letter of a word (and its end, `_`) with the letters before it. */
export function eachStep(word: string, visit: (context: string, letter: string) => void): void {
  const edged = `_${word}_`
  for (let at = 1; at < edged.length; at++) visit(edged.slice(Math.max(0, at - longestContext), at), edged[at] ?? '')
}

/**
 * Chance of a letter after a context, each length of context mixed with the next shorter one by how many different letters
 * have followed it (I. H. Witten and T. C. Bell, "The Zero-Frequency Problem", 1991, method C).
 */
export function chanceOf({ counts, totals, kinds }: LetterModel, context: string, letter: string): number {
  let chance = foreign
  for (let from = context.length; from >= 0; from--) {
    const before = context.slice(from)
    const total = totals.get(before)
    if (total === undefined) break
    const different = kinds.get(before) ?? 0
    chance = ((counts.get(before + letter) ?? 0) + different * chance) / (total + different)
  }
  return chance
}
