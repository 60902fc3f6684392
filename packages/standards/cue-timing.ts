import { TranscriptError, type TranscriptFormat } from './transcript.ts'
import { parseClock } from './transcript-time.ts'

/**
 * Reads the timing line of a cue, `start --> end`, and ignores cue settings after the end.
 * @throws TranscriptError for times that are missing, malformed, negative or reversed
 */
export function parseCueTiming(
  text: string,
  at: { format: TranscriptFormat; line: number; example: string },
): { start: number; end: number } {
  const [left = '', right = ''] = text.split('-->', 2)
  const startText = left.trim()
  const endText = right.trim().split(/\s+/, 1)[0] ?? ''
  const read = (clock: string, which: string): number => {
    const seconds = parseClock(clock)
    if (seconds !== null) return seconds
    const negative = clock.startsWith('-') ? 'is negative' : 'is not a time'
    throw new TranscriptError(`The ${which} "${clock.slice(0, 40)}" ${negative}.`, {
      format: at.format,
      line: at.line,
      remedy: `Write times as ${at.example}.`,
    })
  }
  const start = read(startText, 'start')
  const end = read(endText, 'end')
  if (end < start)
    throw new TranscriptError(`The cue ends (${endText}) before it starts (${startText}).`, {
      format: at.format,
      line: at.line,
      remedy: 'Put the earlier time first.',
    })
  return { start, end }
}
