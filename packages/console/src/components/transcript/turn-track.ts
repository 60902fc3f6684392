import type { Side, Turn } from '../../api/coach-types'

interface TrackPart {
  turn: number
  side: Side
  /** Shares of the whole, 0 to 1. */
  from: number
  to: number
}

export interface Track {
  parts: TrackPart[]
  /** Length of the track: seconds of the call, or its words when it has no times. */
  length: number
  unit: 'seconds' | 'words'
}

/** Where each turn lies on the length of its call: by time, or by words when the transcript has no times. */
export function turnTrack(turns: readonly Turn[], sideOf: (party: string) => Side, seconds: number | null): Track {
  const timed = turns.every((turn) => turn.start !== null)
  if (timed && turns.length > 0) {
    const ends = turns.map((turn, index) => turn.end ?? turns[index + 1]?.start ?? turn.start ?? 0)
    const length = Math.max(seconds ?? 0, ...ends) || 1
    const parts = turns.map((turn, index) => ({
      turn: index,
      side: sideOf(turn.party),
      from: (turn.start ?? 0) / length,
      to: (ends[index] ?? 0) / length,
    }))
    return { parts, length, unit: 'seconds' }
  }
  let before = 0
  const words = turns.map((turn) => turn.text.split(/\s+/).filter(Boolean).length)
  const length = words.reduce((sum, count) => sum + count, 0) || 1
  const parts = turns.map((turn, index) => {
    const from = before
    before += words[index] ?? 0
    return { turn: index, side: sideOf(turn.party), from: from / length, to: before / length }
  })
  return { parts, length, unit: 'words' }
}
