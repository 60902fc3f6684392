import { z } from 'zod'
import { checkInput, provenanceOf, Provenance } from '../../contract/index.ts'
import { splitSentences } from '../words/sentences.ts'
import { stem } from '../words/stemming.ts'
import { languageByStopWords, languages, stopWords } from '../words/stop-words.ts'
import { fold, tokenize } from '../words/tokens.ts'

export const KeyPhrasesInput = z.object({
  text: z.string().max(5_000_000),
  language: z
    .enum(['auto', ...languages] as const)
    .optional()
    .describe('Recognised unless told'),
  top: z.int().min(1).max(1000).optional().describe('How many phrases; 10 unless told'),
})

export const KeyPhrases = z.object({
  phrases: z.array(
    z.object({
      phrase: z.string().describe('As it is written most often'),
      score: z.number().describe('1 for the best'),
      count: z.int(),
    }),
  ),
  provenance: Provenance,
})
export type KeyPhrases = z.infer<typeof KeyPhrases>

const windowWords = 4
const damping = 0.85
const longestPhrase = 4

/**
 * What a text is about: TextRank (R. Mihalcea and P. Tarau, EMNLP 2004) over the stems of its content words, which vote for those that stand
 * within four words of them; phrases are runs of content words,
 * which score the sum of their words damped for their length, and more when they come again.
 */
export function keyPhrases(input: z.input<typeof KeyPhrasesInput>): KeyPhrases {
  const { text, language: asked = 'auto', top = 10 } = checkInput(KeyPhrasesInput, input)
  const language = asked === 'auto' ? languageByStopWords(tokenize(text.slice(0, 20_000)), 'en') : asked
  const ids = new Map<string, number>()
  const edges: Map<number, number>[] = []
  const runs: { words: string[]; ids: number[] }[] = []
  for (const { start, end } of splitSentences(text)) {
    const recent: { id: number; at: number }[] = []
    let run: { words: string[]; ids: number[] } = { words: [], ids: [] }
    const close = () => {
      if (run.ids.length > 0) runs.push(run)
      run = { words: [], ids: [] }
    }
    let at = 0
    for (const [token] of text
      .slice(start, end)
      .matchAll(/[\p{L}\p{M}][\p{L}\p{M}\p{N}]*(?:[-'’][\p{L}\p{M}\p{N}]+)*|[^\s\p{L}\p{M}]+/gu)) {
      at++
      const folded = fold(token)
      if (!/^\p{L}/u.test(folded) || folded.length < 2 || stopWords[language].has(folded)) {
        close()
        continue
      }
      const stemmed = stem(folded, language)
      let id = ids.get(stemmed)
      if (id === undefined) {
        id = edges.push(new Map()) - 1
        ids.set(stemmed, id)
      }
      for (const near of recent)
        if (at - near.at < windowWords && near.id !== id) {
          vote(edges[id], near.id)
          vote(edges[near.id], id)
        }
      recent.push({ id, at })
      if (recent.length > windowWords) recent.shift()
      run.words.push(token)
      run.ids.push(id)
    }
    close()
  }
  const rank = pageRank(edges)
  const ordered = choose(candidatesOf(runs, rank), top)
  const best = ordered[0]?.score ?? 1
  return {
    phrases: ordered.map(({ phrase, score, count }) => ({ phrase, score: score / best, count })),
    provenance: provenanceOf('text/key-phrases', '1.0.0', 0, [input]),
  }
}

interface Candidate {
  ids: number[]
  written: Map<string, number>
  score: number
  count: number
}

/** Words and runs of words: those that come again, and short runs that stand between other words. */
function candidatesOf(runs: readonly { words: string[]; ids: number[] }[], rank: Float64Array): Candidate[] {
  const found = new Map<string, Candidate & { whole: boolean }>()
  for (const { words, ids } of runs)
    for (let from = 0; from < ids.length; from++)
      for (let to = from + 1; to <= ids.length && to <= from + longestPhrase; to++) {
        const own = ids.slice(from, to)
        const key = own.join()
        const candidate = found.get(key) ?? { ids: own, written: new Map(), score: 0, count: 0, whole: false }
        const written = words.slice(from, to).join(' ')
        candidate.written.set(written, (candidate.written.get(written) ?? 0) + 1)
        candidate.count++
        if (to - from === ids.length && ids.length < longestPhrase) candidate.whole = true
        found.set(key, candidate)
      }
  const candidates = [...found.values()].filter(({ ids, count, whole }) => ids.length === 1 || count > 1 || whole)
  for (const candidate of candidates) {
    const sum = candidate.ids.reduce((total, id) => total + (rank[id] ?? 0), 0)
    candidate.score =
      (sum / Math.sqrt(candidate.ids.length)) * (candidate.ids.length > 1 ? 1 + Math.log(candidate.count) : 1)
  }
  return candidates
}

/** The best candidates of which none lies within another. */
function choose(candidates: Candidate[], top: number): { phrase: string; score: number; count: number }[] {
  candidates.sort((a, b) => b.score - a.score || (a.ids.join() < b.ids.join() ? -1 : 1))
  const chosen: { key: string; phrase: string; score: number; count: number }[] = []
  for (const { ids, written, score, count } of candidates) {
    if (chosen.length === top) break
    const key = `,${ids.join()},`
    if (chosen.some((other) => other.key.includes(key) || key.includes(other.key))) continue
    chosen.push({ key, phrase: [...written].sort((a, b) => b[1] - a[1])[0]?.[0] ?? '', score, count })
  }
  return chosen.map(({ phrase, score, count }) => ({ phrase, score, count }))
}

function vote(edges: Map<number, number> | undefined, to: number): void {
  edges?.set(to, (edges.get(to) ?? 0) + 1)
}

/** PageRank over weighted edges without direction, 30 rounds. */
function pageRank(edges: readonly Map<number, number>[]): Float64Array {
  const total = edges.map((own) => [...own.values()].reduce((sum, weight) => sum + weight, 0))
  let rank = new Float64Array(edges.length).fill(1)
  for (let round = 0; round < 30; round++) {
    const next = new Float64Array(edges.length).fill(1 - damping)
    for (const [from, own] of edges.entries())
      for (const [to, weight] of own)
        next[to] = (next[to] ?? 0) + (damping * (rank[from] ?? 0) * weight) / (total[from] ?? 1)
    rank = next
  }
  return rank
}
