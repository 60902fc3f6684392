/** A word for matching: lower case, contractions written out, with its place in the text. */
export type Word = { word: string; start: number; end: number }

/** A sentence of a turn; offsets are into the text of the turn. */
export type Sentence = { start: number; end: number; isQuestion: boolean; words: Word[] }

const WORD = /\d+(?:[.,:]\d+)*(?:[\p{L}\p{M}]+)?|[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}]+)*|[$€£%]/gu

const CONTRACTIONS = new Map<string, readonly string[]>(
  Object.entries({
    "can't": ['can', 'not'],
    cannot: ['can', 'not'],
    "won't": ['will', 'not'],
    "shan't": ['shall', 'not'],
    "ain't": ['is', 'not'],
    "let's": ['let', 'us'],
    "i'm": ['i', 'am'],
    gonna: ['going', 'to'],
    wanna: ['want', 'to'],
    gotta: ['got', 'to'],
    "that's": ['that', 'is'],
    "it's": ['it', 'is'],
    "what's": ['what', 'is'],
    "who's": ['who', 'is'],
    "where's": ['where', 'is'],
    "how's": ['how', 'is'],
    "there's": ['there', 'is'],
    "here's": ['here', 'is'],
    "he's": ['he', 'is'],
    "she's": ['she', 'is'],
  }),
)
const ENDINGS: readonly (readonly [string, string])[] = [
  ["n't", 'not'],
  ["'re", 'are'],
  ["'ve", 'have'],
  ["'ll", 'will'],
  ["'d", 'would'],
]

/** The two words of a contraction, or null. */
function expand(word: string): readonly string[] | null {
  const known = CONTRACTIONS.get(word)
  if (known) return known
  if (!word.includes("'")) return null
  for (const [ending, full] of ENDINGS) {
    if (word.length > ending.length && word.endsWith(ending)) return [word.slice(0, -ending.length), full]
  }
  return null
}

/** The words of a text. Both halves of a contraction have the place of the whole: "don't" gives "do" and "not". */
export function wordsOf(text: string): Word[] {
  const words: Word[] = []
  const lower = text.toLowerCase()
  // A few letters change their length in lower case ("İ"); then offsets must come from the text itself.
  const source = lower.length === text.length ? lower : text
  for (const match of source.matchAll(WORD)) {
    const start = match.index
    const end = start + match[0].length
    const word = (source === lower ? match[0] : match[0].toLowerCase()).replaceAll('’', "'")
    const parts = expand(word)
    if (parts) for (const part of parts) words.push({ word: part, start, end })
    else words.push({ word, start, end })
  }
  return words
}

const SIGNS = new Set(['$', '€', '£', '%'])

/** How many words were spoken; a contraction is one word, and signs such as "%" are none. */
export function countWords(words: readonly Word[]): number {
  let count = 0
  let previous = -1
  for (const { word, start } of words) {
    if (start !== previous && !SIGNS.has(word)) count += 1
    previous = start
  }
  return count
}

const ABBREVIATION = /(?:^|[\s(])(?:mr|mrs|ms|dr|st|vs|etc|approx|e\.g|i\.e|no|inc|ltd|co|a\.m|p\.m)\.$/i

/** Splits a text into sentences at . ? ! … and line ends; decimals and common abbreviations do not end one. */
export function sentencesOf(text: string): Sentence[] {
  const words = wordsOf(text)
  const sentences: Sentence[] = []
  let from = 0
  let next = 0
  const close = (to: number): void => {
    const own: Word[] = []
    while (next < words.length && (words[next]?.start ?? 0) < to) {
      const word = words[next]
      if (word) own.push(word)
      next += 1
    }
    const raw = text.slice(from, to)
    const start = from + (raw.length - raw.trimStart().length)
    const end = from + raw.trimEnd().length
    if (own.length > 0) sentences.push({ start, end, isQuestion: /[?？]["'”’)\]]*$/.test(raw.trimEnd()), words: own })
    from = to
  }
  for (const stop of text.matchAll(/[.?!…？！。]+["'”’)\]]*(?=\s|$)|\n+/g)) {
    const to = stop.index + stop[0].length
    if (stop[0] === '.' && ABBREVIATION.test(text.slice(Math.max(from, to - 12), to))) continue
    close(to)
  }
  close(text.length)
  return sentences
}
