import { z } from 'zod'
import { checkInput, EngineInputError, provenanceOf, Provenance } from '../../contract/index.ts'
import { splitSentences } from '../words/sentences.ts'
import { buildPhraseTrie, phrasesAt } from './phrase-trie.ts'
import { terminations, type TriggerList, triggerLists } from './triggers.ts'

export const ContextInput = z.object({
  text: z.string().min(1).max(5_000_000).describe('Text of a clinical note in English'),
  findings: z
    .array(
      z.object({
        start: z.int().nonnegative().describe('First character of the finding (UTF-16 units)'),
        end: z.int().positive().describe('Character after the finding'),
      }),
    )
    .max(100_000)
    .describe('Where findings (symptoms, diseases, drugs) stand in the text'),
})
export type ContextInput = z.infer<typeof ContextInput>

export const FindingContext = z.object({
  start: z.int(),
  end: z.int(),
  negation: z.enum(['affirmed', 'possible', 'negated']),
  temporality: z.enum(['recent', 'historical', 'hypothetical']),
  experiencer: z.enum(['patient', 'other']),
  evidence: z
    .array(z.object({ says: z.string(), trigger: z.string(), start: z.int(), end: z.int() }))
    .describe('The phrases that decided, with their place in the text'),
})
export type FindingContext = z.infer<typeof FindingContext>

export const ContextResult = z.object({ findings: z.array(FindingContext), provenance: Provenance })
export type ContextResult = z.infer<typeof ContextResult>

type Says = Exclude<TriggerList['says'], 'none'>

interface Word {
  lower: string
  /** First word of a heading: words in capitals before a colon. */
  heading: boolean
  start: number
  end: number
}

/** A trigger with the words it governs, `from` inclusive to `to` exclusive. */
interface Scope {
  says: Says
  trigger: { text: string; start: number; end: number }
  from: number
  to: number
}

const triggerTrie = buildPhraseTrie(
  triggerLists.flatMap((list) => list.phrases.map((phrase): [string, TriggerList] => [phrase, list])),
)
const kinds = Object.keys(terminations) as Says[]
const terminationTrie = buildPhraseTrie(
  kinds.flatMap((says) => terminations[says].map((phrase): [string, Says] => [phrase, says])),
)

const bitOf = (says: Says) => 1 << kinds.indexOf(says)

/** Characters before and after a finding that are read: no sentence needs more, and a text without full stops stays quick. */
const farthest = 2000

/** What ends every scope: punctuation, and the mark of the next item of a list. A colon ends only scopes that look back. */
const isStop = (word: string) => /^(?:[;.?!]|\d+\))$/.test(word)

const wordPattern = /(?<![\p{L}\p{N}(.,-])\d{1,2}\)|[\p{L}\p{N}]+(?:['’/][\p{L}\p{N}]+)*|[;:.?!]/gu

/**
 * Whether findings are negated, possible, past, hypothetical or somebody else's: the ConText algorithm (Harkema, Dowling, Thornblade and Chapman
 * 2009). A trigger phrase governs the words after or before it until its sentence ends, a terminating phrase comes, or another trigger that
 * says something else about the same. Clinical English.
 *
 * @throws EngineInputError when a finding lies outside of the text
 */
export function assertContext(input: z.input<typeof ContextInput>): ContextResult {
  const { text, findings } = checkInput(ContextInput, input)
  for (const [row, { start, end }] of findings.entries())
    if (end <= start || end > text.length)
      throw new EngineInputError('out-of-range', [
        {
          field: 'findings',
          row,
          message: `from ${String(start)} to ${String(end)} is not a range of the text, which has ${String(text.length)} characters`,
        },
      ])
  const order = [...findings.keys()].sort((a, b) => (findings[a]?.start ?? 0) - (findings[b]?.start ?? 0))
  const results: FindingContext[] = Array.from({ length: findings.length })
  const sentences = splitSentences(text)
  let at = 0
  for (const index of order) {
    const finding = findings[index] ?? { start: 0, end: 0 }
    while (at + 1 < sentences.length && (sentences[at]?.end ?? 0) <= finding.start) at++
    const sentence = sentences[at] ?? { start: 0, end: text.length }
    const words = wordsOf(
      text,
      Math.max(Math.min(sentence.start, finding.start), finding.start - farthest),
      Math.min(Math.max(sentence.end, finding.end), finding.end + farthest),
    )
    results[index] = judge(finding, words, scopesOf(words, text))
  }
  return { findings: results, provenance: provenanceOf('text/context', '1.0.0', 0, [input]) }
}

function wordsOf(text: string, start: number, end: number): Word[] {
  const words: Word[] = []
  let capitals = -1
  for (const match of text.slice(start, end).matchAll(wordPattern)) {
    const word = match[0]
    if (word === ':' && capitals >= 0) {
      const first = words[capitals]
      if (first) first.heading = true
    }
    if (!/^\p{Lu}{2,}$/u.test(word)) capitals = -1
    else if (capitals < 0) capitals = words.length
    words.push({
      lower: word.toLowerCase().replace('’', "'"),
      heading: false,
      start: start + match.index,
      end: start + match.index + word.length,
    })
  }
  return words
}

function scopesOf(words: readonly Word[], text: string): Scope[] {
  const triggers: { list: TriggerList; from: number; to: number }[] = []
  /** By word: one bit for each kind of scope that ends there. */
  const cuts = new Uint8Array(words.length)
  let used = 0
  for (let at = 0; at < words.length; at++) {
    for (const { value } of phrasesAt(terminationTrie, words, at)) cuts[at] = (cuts[at] ?? 0) | bitOf(value)
    if (at < used) continue
    const found = phrasesAt(triggerTrie, words, at)
    const longest = Math.max(0, ...found.map(({ to }) => to))
    // The longest phrase has the words; at equal length both directions may hold (`negative`).
    for (const { value, to } of found) if (to === longest) triggers.push({ list: value, from: at, to })
    if (longest > 0) used = longest
  }
  return triggers.flatMap(({ list, from, to }) => {
    const first = words[from]
    const last = words[to - 1]
    if (list.says === 'none' || !first || !last) return []
    const trigger = { text: text.slice(first.start, last.end), start: first.start, end: last.end }
    const { says } = list
    const scopes: Scope[] = []
    const { direction, reach = Infinity } = list
    if (direction !== 'backward')
      scopes.push({ says, trigger, from: to, to: Math.min(forwardEnd(says, to), to + reach) })
    if (direction !== 'forward')
      scopes.push({ says, trigger, from: Math.max(backwardStart(says, from), from - reach), to: from })
    return scopes
  })

  function forwardEnd(says: Says, from: number): number {
    for (let at = from; at < words.length; at++)
      if (isStop(words[at]?.lower ?? '') || words[at]?.heading || ((cuts[at] ?? 0) & bitOf(says)) !== 0) return at
    return words.length
  }
  function backwardStart(says: Says, before: number): number {
    for (let at = before - 1; at >= 0; at--) {
      const { lower } = words[at] ?? { lower: '' }
      if (isStop(lower) || lower === ':' || ((cuts[at] ?? 0) & bitOf(says)) !== 0) return at + 1
    }
    return 0
  }
}

function judge(
  { start, end }: { start: number; end: number },
  words: readonly Word[],
  scopes: Scope[],
): FindingContext {
  const first = words.findIndex((word) => word.end > start)
  const governing = scopes.filter(
    ({ from, to, trigger }) => first >= from && first < to && (trigger.end <= start || trigger.start >= end),
  )
  const said = (says: Says) => governing.some((scope) => scope.says === says)
  return {
    start,
    end,
    negation: said('negated') ? 'negated' : said('possible') ? 'possible' : 'affirmed',
    temporality: said('hypothetical') ? 'hypothetical' : said('historical') ? 'historical' : 'recent',
    experiencer: said('other') ? 'other' : 'patient',
    evidence: governing.map(({ says, trigger }) => ({
      says,
      trigger: trigger.text,
      start: trigger.start,
      end: trigger.end,
    })),
  }
}
