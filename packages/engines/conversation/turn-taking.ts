import { z } from 'zod'
import { Benchmark, Side } from './conversation.ts'
import { inOrder, unionLength, type Floor } from './floors.ts'
import type { Reading, ReadTurn } from './reading.ts'
import { round } from './talk-time.ts'

export const Interactivity = z.object({
  unit: z.literal('changes of speaker per minute'),
  switches: z
    .number()
    .int()
    .describe('How often the floor changed hands; acknowledgements such as "mm-hm" do not count'),
  perMinute: z.number().nullable(),
  score: z
    .number()
    .min(0)
    .max(10)
    .nullable()
    .describe('0 to 10: one point per change per minute, 10 from ten changes per minute on'),
  benchmark: Benchmark,
})

export function interactivity(reading: Reading, floors: readonly Floor[]): z.infer<typeof Interactivity> {
  const switches = Math.max(0, floors.length - 1)
  const rate = reading.seconds === null ? null : switches / (reading.seconds / 60)
  return {
    unit: 'changes of speaker per minute',
    switches,
    perMinute: rate === null ? null : round(rate, 2),
    score: rate === null ? null : round(Math.min(10, rate), 1),
    benchmark: null,
  }
}

const Interruption = z.object({
  turn: z.number().int().describe('Index of the turn that cuts in'),
  interruptedTurn: z.number().int().describe('Index of the turn it cuts into'),
  by: Side,
  atSeconds: z.number(),
  overlapSeconds: z.number().describe('How long both speak at once'),
})
type Interruption = z.infer<typeof Interruption>

export const Interruptions = z
  .object({
    unit: z.literal('count'),
    thresholdSeconds: z.number().describe('Overlaps up to this length are ordinary turn-taking and do not count'),
    byRep: z.number().int(),
    byProspect: z.number().int(),
    byRepPerHour: z.number().nullable(),
    events: z.array(Interruption),
    benchmark: Benchmark,
  })
  .nullable()
  .describe('null when turns have no end times')

/** A turn that begins this soon after its own speaker's last one continues it and takes no floor. */
const CONTINUES_WITHIN = 0.5

/**
 * Finds turns that begin while the other side is speaking and overlap it for longer than the threshold. Acknowledgements do not
 * interrupt, and neither does a turn that continues its own speaker's speech.
 */
export function interruptions(reading: Reading, thresholdSeconds: number): z.infer<typeof Interruptions> {
  if (reading.timing !== 'full') return null
  const events: Interruption[] = []
  const latestOfSide = new Map<Side, ReadTurn>()
  const endOfParty = new Map<string, number>()
  for (const turn of inOrder(reading)) {
    const continues = turn.start - (endOfParty.get(turn.party) ?? -Infinity) <= CONTINUES_WITHIN
    if (!turn.isAcknowledgement && !continues) {
      const cut = latestOther(latestOfSide, turn)
      const overlap = cut ? Math.min(cut.end, turn.end) - turn.start : 0
      if (cut && overlap > thresholdSeconds)
        events.push({
          turn: turn.index,
          interruptedTurn: cut.index,
          by: turn.side,
          atSeconds: turn.start,
          overlapSeconds: round(overlap, 3),
        })
    }
    endOfParty.set(turn.party, Math.max(turn.end, endOfParty.get(turn.party) ?? 0))
    const latest = latestOfSide.get(turn.side)
    if (!turn.isAcknowledgement && (!latest || turn.end > latest.end)) latestOfSide.set(turn.side, turn)
  }
  const by = (side: Side): number => events.filter((event) => event.by === side).length
  return {
    unit: 'count',
    thresholdSeconds,
    byRep: by('rep'),
    byProspect: by('prospect'),
    byRepPerHour: reading.seconds === null ? null : round(by('rep') / (reading.seconds / 3600), 1),
    events,
    benchmark: null,
  }
}

/** Of the other sides' turns that began before, the one that lasts longest. */
function latestOther(latestOfSide: ReadonlyMap<Side, ReadTurn>, turn: ReadTurn): ReadTurn | null {
  let latest: ReadTurn | null = null
  for (const [side, other] of latestOfSide) {
    if (side !== turn.side && other.start < turn.start && (latest === null || other.end > latest.end)) latest = other
  }
  return latest
}

export const Patience = z.object({
  unit: z.literal('seconds'),
  medianSeconds: z
    .number()
    .nullable()
    .describe('Median wait of the rep after the prospect stops; starting early counts as 0'),
  samples: z.number().int().describe('How often the rep took over from the prospect'),
  benchmark: Benchmark,
})

const PATIENCE_BENCHMARK: Benchmark = {
  low: 0.2,
  high: null,
  meaning:
    'Gaps between turns in ordinary conversation are of the order of 0.2 s, in all languages studied. A description, not a goal.',
  source:
    'Levinson and Torreira (2015), "Timing in turn-taking and its implications for processing models of language", Frontiers in Psychology 6:731, https://doi.org/10.3389/fpsyg.2015.00731',
}

export function patience(reading: Reading, floors: readonly Floor[]): z.infer<typeof Patience> {
  const waits: number[] = []
  if (reading.timing === 'full') {
    for (const [index, floor] of floors.entries()) {
      const before = floors[index - 1]
      if (floor.side === 'rep' && before?.side === 'prospect') waits.push(Math.max(0, floor.start - before.end))
    }
  }
  return { unit: 'seconds', medianSeconds: median(waits), samples: waits.length, benchmark: PATIENCE_BENCHMARK }
}

function median(values: readonly number[]): number | null {
  if (values.length === 0) return null
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? 0
  return round(sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2, 3)
}

export const Silence = z
  .object({
    unit: z.literal('share of the call, 0 to 1'),
    share: z.number().min(0).max(1).describe('Time in which nobody speaks, between the first and the last word'),
    seconds: z.number(),
    longest: z.object({ seconds: z.number(), afterTurn: z.number().int() }).nullable(),
    benchmark: Benchmark,
  })
  .nullable()
  .describe('null when turns have no end times')

export function silence(reading: Reading): z.infer<typeof Silence> {
  if (reading.timing !== 'full') return null
  const turns = inOrder(reading)
  const first = turns[0]?.start ?? 0
  let reached = first
  let after = turns[0]?.index ?? 0
  let longest: { seconds: number; afterTurn: number } | null = null
  for (const turn of turns) {
    const gap = turn.start - reached
    if (gap > 0 && gap > (longest?.seconds ?? 0)) longest = { seconds: round(gap, 3), afterTurn: after }
    if (turn.end >= reached) {
      reached = turn.end
      after = turn.index
    }
  }
  const span = reached - first
  const seconds = Math.max(0, span - unionLength(turns))
  return {
    unit: 'share of the call, 0 to 1',
    share: span > 0 ? Math.min(1, seconds / span) : 0,
    seconds: round(seconds, 3),
    longest,
    benchmark: null,
  }
}
