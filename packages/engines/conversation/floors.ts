import type { Side } from './conversation.ts'
import type { Reading, ReadTurn } from './reading.ts'

/** A stretch in which one party speaks and nobody takes over; acknowledgements by others do not end it. */
export type Floor = {
  party: string
  side: Side
  turns: ReadTurn[]
  /** Start of the first turn, seconds. */
  start: number
  /** Latest end among its turns, seconds. */
  end: number
  /** Time spoken in it without pauses, seconds. */
  seconds: number
  words: number
}

/** Length of the union of intervals that are ordered by start. */
export function unionLength(turns: readonly { start: number; end: number }[]): number {
  let total = 0
  let reached = -Infinity
  for (const { start, end } of turns) {
    if (end <= reached) continue
    total += end - Math.max(start, reached)
    reached = end
  }
  return total
}

const byStart = (a: ReadTurn, b: ReadTurn): number => a.start - b.start || a.index - b.index

/** The turns in order of time; with unknown times the order of the transcript. */
export const inOrder = (reading: Reading): ReadTurn[] =>
  reading.timing === 'none' ? reading.turns : reading.turns.toSorted(byStart)

/** "Yes." after a question is an answer, not an acknowledgement in passing. */
function passesBy(turn: ReadTurn, floor: Floor | undefined, following: ReadTurn | undefined): boolean {
  if (!floor || !turn.isAcknowledgement || turn.party === floor.party) return false
  if (floor.turns.at(-1)?.sentences.at(-1)?.isQuestion) return false
  return following?.party === floor.party
}

/** Cuts a call into floors. */
export function floorsOf(reading: Reading): Floor[] {
  const turns = inOrder(reading)
  const floors: Floor[] = []
  for (const [position, turn] of turns.entries()) {
    const floor = floors.at(-1)
    if (passesBy(turn, floor, turns[position + 1])) continue
    if (floor && floor.party === turn.party) floor.turns.push(turn)
    else
      floors.push({
        party: turn.party,
        side: turn.side,
        turns: [turn],
        start: turn.start,
        end: turn.end,
        seconds: 0,
        words: 0,
      })
  }
  for (const floor of floors) {
    floor.end = floor.turns.reduce((latest, turn) => Math.max(latest, turn.end), 0)
    floor.seconds = unionLength(floor.turns)
    floor.words = floor.turns.reduce((sum, turn) => sum + turn.words, 0)
  }
  return floors
}
