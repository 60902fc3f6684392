import { assembleTranscript, type Segment } from './assemble-transcript.ts'
import { parseCueTiming } from './cue-timing.ts'
import { readLines, TranscriptError, type Transcript } from './transcript.ts'

/**
 * Reads SubRip (.srt): numbered blocks with `00:01:02,500 --> 00:01:04,000`. A point is accepted in place of the comma, the
 * number and the hours may be missing, and a blank line inside the text of a cue does not end it. Formatting tags are dropped.
 * @throws TranscriptError with malformed, negative or reversed times, text before the first cue, or without speech
 */
export function parseSubrip(text: string): Transcript {
  const lines = readLines(text, 'subrip')
  const segments: Segment[] = []
  for (const [index, line] of lines.entries()) {
    const current = segments.at(-1)
    if (line.includes('-->')) {
      const at = { format: 'subrip', line: index + 1, example: '00:01:02,500' } as const
      segments.push({ line: index + 1, ...parseCueTiming(line, at), speaker: null, text: '' })
    } else if (isCueNumber(lines, index)) {
      continue
    } else if (current) {
      current.text += `${current.text === '' ? '' : '\n'}${line.replace(/<\/?[a-z][^<>]{0,200}>|\{\\[^{}]{0,40}\}/gi, '')}`
    } else if (line.trim() !== '') {
      throw new TranscriptError('There is text before the first cue.', {
        format: 'subrip',
        line: index + 1,
        remedy: 'Start with a number and a line such as 00:00:01,000 --> 00:00:04,000.',
      })
    }
  }
  for (const segment of segments) segment.text = segment.text.trim()
  return assembleTranscript(segments, { format: 'subrip' })
}

const isCueNumber = (lines: readonly string[], index: number): boolean =>
  /^\s*\d{1,7}\s*$/.test(lines[index] ?? '') && (lines[index + 1] ?? '').includes('-->')
