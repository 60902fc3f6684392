import { z } from 'zod'
import { Benchmark, type Side } from './conversation.ts'
import { inOrder, unionLength, type Floor } from './floors.ts'
import type { Reading } from './reading.ts'

export const TalkRatio = z.object({
  unit: z.literal('share of speech, 0 to 1'),
  basis: z
    .enum(['time', 'start-times', 'words'])
    .describe(
      'time: measured from start and end; start-times: ends estimated; words: counted because times are missing',
    ),
  rep: z.number().min(0).max(1).describe("The rep side's share of all speech; rep, prospect and other add up to 1"),
  prospect: z.number().min(0).max(1),
  other: z.number().min(0).max(1),
  repSeconds: z.number().nullable().describe('Time the rep side speaks, seconds; null without times'),
  prospectSeconds: z.number().nullable(),
  benchmark: Benchmark,
})
export type TalkRatio = z.infer<typeof TalkRatio>

/** What a study found about the rep's share of speech, 0 to 1. */
export const TALK_BENCHMARK: NonNullable<Benchmark> = {
  low: 0.43,
  high: 0.65,
  meaning:
    'In 25,537 B2B sales calls the best-converting reps spoke 43 % of the time; above 65 % conversion fell. A vendor study: compare with your own won calls first.',
  source:
    'Gong Labs, "Mastering the talk-to-listen ratio in sales calls" (2016, updated 2025), https://www.gong.io/resources/labs/talk-to-listen-conversion-ratio/',
}

const BASIS = { full: 'time', starts: 'start-times', none: 'words' } as const

/** Time each side speaks, seconds: overlapping turns of one side count once. Zeros without times. */
export function speakingSeconds(reading: Reading): Record<Side, number> {
  const turns = inOrder(reading)
  const of = (side: Side): number => unionLength(turns.filter((turn) => turn.side === side))
  return { rep: of('rep'), prospect: of('prospect'), other: of('other') }
}

export function spokenWords(reading: Reading): Record<Side, number> {
  const words = { rep: 0, prospect: 0, other: 0 }
  for (const turn of reading.turns) words[turn.side] += turn.words
  return words
}

/** Who speaks how much. Silence is not in the denominator. */
export function talkRatio(reading: Reading, seconds: Record<Side, number>, words: Record<Side, number>): TalkRatio {
  const timed = reading.timing !== 'none' && seconds.rep + seconds.prospect + seconds.other > 0
  const amount = timed ? seconds : words
  const total = amount.rep + amount.prospect + amount.other
  const share = (side: Side): number => (total > 0 ? amount[side] / total : 0)
  return {
    unit: 'share of speech, 0 to 1',
    basis: timed ? BASIS[reading.timing] : 'words',
    rep: share('rep'),
    prospect: share('prospect'),
    other: share('other'),
    repSeconds: timed ? round(seconds.rep, 3) : null,
    prospectSeconds: timed ? round(seconds.prospect, 3) : null,
    benchmark: TALK_BENCHMARK,
  }
}

export const WordsPerMinute = z.object({
  unit: z.literal('words per minute of own speech'),
  rep: z.number().nullable(),
  prospect: z.number().nullable(),
  benchmark: Benchmark,
})

export function wordsPerMinute(
  reading: Reading,
  seconds: Record<Side, number>,
  words: Record<Side, number>,
): z.infer<typeof WordsPerMinute> {
  // With estimated ends the pauses would count as speech.
  const of = (side: Side): number | null =>
    reading.timing === 'full' && seconds[side] > 0 ? round(words[side] / (seconds[side] / 60), 1) : null
  return { unit: 'words per minute of own speech', rep: of('rep'), prospect: of('prospect'), benchmark: null }
}

const Monologue = z.object({
  seconds: z.number().nullable().describe('Time spoken without pauses, seconds; null without times'),
  words: z.number().int(),
  turn: z.number().int().describe('Index of its first turn'),
  lastTurn: z.number().int().describe('Index of its last turn'),
})

export const LongestMonologue = z.object({
  unit: z.literal('seconds (and words)'),
  rep: Monologue.nullable(),
  prospect: Monologue.nullable(),
  benchmark: Benchmark,
})

/** The longest floor of each side; by words when times are missing. */
export function longestMonologue(reading: Reading, floors: readonly Floor[]): z.infer<typeof LongestMonologue> {
  const timed = reading.timing !== 'none'
  const of = (side: Side): z.infer<typeof Monologue> | null => {
    let best: Floor | null = null
    for (const floor of floors) {
      if (floor.side === side && (best === null || (timed ? floor.seconds > best.seconds : floor.words > best.words)))
        best = floor
    }
    return best && asMonologue(best, timed)
  }
  return { unit: 'seconds (and words)', rep: of('rep'), prospect: of('prospect'), benchmark: null }
}

const asMonologue = (floor: Floor, timed: boolean): z.infer<typeof Monologue> => ({
  seconds: timed ? round(floor.seconds, 3) : null,
  words: floor.words,
  turn: floor.turns[0]?.index ?? 0,
  lastTurn: floor.turns.at(-1)?.index ?? 0,
})

export const round = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits
