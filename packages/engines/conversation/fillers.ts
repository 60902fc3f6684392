import { z } from 'zod'
import { Benchmark, type Side } from './conversation.ts'
import { compilePhrases, findPhrases, type Phrases } from './phrases.ts'
import type { Reading } from './reading.ts'
import { round } from './talk-time.ts'

/** Filler words of one language. */
export type FillerWords = {
  /** Sounds that are never anything else; counted wherever they stand. */
  sounds: readonly string[]
  /** Words with a meaning of their own; counted only where commas set them off, as in "it is, like, new". */
  markers: readonly string[]
}

/** Add a language here, or pass a list in the options of the metrics. Keys are BCP 47 language subtags. */
export const FILLER_WORDS: Readonly<Record<string, FillerWords>> = {
  en: {
    sounds: ['um', 'umm', 'uhm', 'uh', 'uhh', 'er', 'erm', 'err'],
    markers: ['like', 'you know', 'i mean', 'sort of', 'kind of', 'basically', 'literally', 'actually', 'honestly'],
  },
}

const OfSide = z.object({
  count: z.number().int(),
  per100Words: z.number().nullable().describe('null when the side says nothing'),
  byWord: z.record(z.string(), z.number().int()).describe('How often each filler was said'),
})

export const Fillers = z.object({
  unit: z.literal('fillers per 100 words'),
  language: z.string().describe('Whose list of filler words was used'),
  rep: OfSide,
  prospect: OfSide,
  benchmark: Benchmark,
})

const FILLER_BENCHMARK: Benchmark = {
  low: 2,
  high: 6,
  meaning:
    'Spontaneous English has about 2 to 6 such words per 100. Transcription services drop many of them, so compare calls from one service only.',
  source:
    'Bortfeld et al. (2001), Language and Speech 44(2), and Fox Tree (1995), as summarised in https://pmc.ncbi.nlm.nih.gov/articles/PMC9014665',
}

type Compiled = { sounds: Phrases; markers: Phrases }

function isSetOff(text: string, start: number, end: number): boolean {
  const before = text.slice(0, start).trimEnd()
  const after = text.slice(end).trimStart()
  const opens = before === '' || /[,.?!…;:–—-]$/.test(before)
  const closes = after === '' || /^[,.?!…;:–—-]/.test(after)
  return opens && closes && !(before === '' && after === '')
}

function fillersIn(text: string, sentences: Reading['turns'][number]['sentences'], lists: Compiled): string[] {
  const found: string[] = []
  for (const { words } of sentences) {
    for (const match of findPhrases(lists.sounds, words)) found.push(match.pattern)
    for (const match of findPhrases(lists.markers, words)) {
      const start = words[match.from]?.start ?? 0
      const end = words[match.to - 1]?.end ?? 0
      if (isSetOff(text, start, end)) found.push(match.pattern)
    }
  }
  return found
}

/** Counts filler words of each side. An unknown language falls back to English with a warning. */
export function fillers(
  reading: Reading,
  words: Record<Side, number>,
  options: { language: string; list?: FillerWords | undefined },
  warnings: string[],
): z.infer<typeof Fillers> {
  const known = options.list ?? FILLER_WORDS[options.language]
  if (!known) warnings.push(`There is no list of filler words for "${options.language}"; the English one was used.`)
  const list = known ?? FILLER_WORDS['en'] ?? { sounds: [], markers: [] }
  const lists = { sounds: compilePhrases(list.sounds), markers: compilePhrases(list.markers) }
  const of = (side: Side): z.infer<typeof OfSide> => {
    const said = reading.turns
      .filter((turn) => turn.side === side)
      .flatMap((turn) => fillersIn(turn.text, turn.sentences, lists))
    const byWord: Record<string, number> = {}
    for (const word of said) byWord[word] = (byWord[word] ?? 0) + 1
    return {
      count: said.length,
      per100Words: words[side] > 0 ? round((100 * said.length) / words[side], 2) : null,
      byWord,
    }
  }
  return {
    unit: 'fillers per 100 words',
    language: known ? options.language : 'en',
    rep: of('rep'),
    prospect: of('prospect'),
    benchmark: FILLER_BENCHMARK,
  }
}
