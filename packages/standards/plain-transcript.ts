import { assembleTranscript, type Segment } from './assemble-transcript.ts'
import { splitLabel } from './speaker-label.ts'
import { readLines, TranscriptError, type Transcript } from './transcript.ts'
import { parseClock } from './transcript-time.ts'

const LEADING_TIME = /^([[(]?)(-?\d{1,4}(?::\d{1,2}){1,2}(?:[.,]\d{1,3})?)[\])]?(?:\s+(?:[-–—]\s+)?|$)/
const TIME_IN_LABEL = /^(.{1,60}?)\s*[[(](-?\d{1,4}(?::\d{1,2}){1,2}(?:[.,]\d{1,3})?)[\])]\s*:\s*(.*)$/
const NAME_THEN_TIME = /^(\S.{0,58}?)\s{1,8}[[(]?(\d{1,4}(?::\d{1,2}){1,2})[\])]?$/
const HEADING = /^(title|date|time|duration|participants|attendees|transcript|recording)\s*:\s*(.*)$/i

type Head = { speaker: string | null; start: number | null; text: string }

/**
 * Reads transcripts written as text. A turn begins with "Speaker: text", "[00:01:02] Speaker: text", "Speaker (00:12): text" or a
 * line "Speaker 0:12" with the text below it; lines that begin no turn continue the turn above. Text that names no speaker
 * becomes one turn per paragraph, spoken by one unknown speaker. Ends of turns are not known to these forms and stay null.
 * @throws TranscriptError for a malformed or negative time, and for text without speech
 */
export function parsePlainTranscript(text: string): Transcript {
  const lines = readLines(text, 'plain')
  const warnings: string[] = []
  const heading = readHeading(lines)
  const heads = lines.map((line, index) =>
    index < heading.lines ? null : readHead(line.trim(), index + 1, lines[index + 1]),
  )
  const labelled = heads.some((head) => head !== null)
  const segments: Segment[] = []
  let blank = true
  for (const [index, line] of lines.entries()) {
    if (index < heading.lines) continue
    const trimmed = line.trim()
    const head = heads[index] ?? null
    const current = segments.at(-1)
    if (head) segments.push({ line: index + 1, end: null, ...head })
    else if (trimmed !== '' && current && (labelled || !blank)) current.text = `${current.text} ${trimmed}`.trim()
    else if (trimmed !== '') segments.push({ line: index + 1, start: null, end: null, speaker: null, text: trimmed })
    blank = trimmed === ''
  }
  if (heading.skipped.length > 0) warnings.push(`Heading lines were left out: ${heading.skipped.join(', ')}.`)
  if (
    labelled &&
    segments.some((segment) => segment.start !== null) &&
    segments.some((segment) => segment.start === null)
  )
    warnings.push('Some turns have no time.')
  return assembleTranscript(segments, {
    format: 'plain',
    warnings,
    ...(heading.title === undefined ? {} : { title: heading.title }),
    ...(heading.startedAt === undefined ? {} : { startedAt: heading.startedAt }),
  })
}

/** "Title: ..." and similar lines above the first turn; only title and an ISO date have a place in a transcript. */
function readHeading(lines: readonly string[]): {
  lines: number
  title?: string
  startedAt?: string
  skipped: string[]
} {
  const found: { lines: number; title?: string; startedAt?: string; skipped: string[] } = { lines: 0, skipped: [] }
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue
    const match = HEADING.exec(line.trim())
    if (!match) break
    const [, key = '', value = ''] = match
    const iso = /^\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:\d{2}))?$/.test(value)
    if (key.toLowerCase() === 'title' && value !== '') found.title = value
    else if (key.toLowerCase() === 'date' && iso && !Number.isNaN(Date.parse(value)))
      found.startedAt = new Date(value).toISOString()
    else found.skipped.push(`"${key}"`)
    found.lines = index + 1
  }
  return found
}

function readHead(line: string, lineNumber: number, next: string | undefined): Head | null {
  if (line === '') return null
  const inLabel = TIME_IN_LABEL.exec(line)
  if (inLabel && splitLabel(`${inLabel[1]}: x`)) {
    return { speaker: inLabel[1] ?? '', start: readTime(inLabel[2] ?? '', lineNumber), text: inLabel[3] ?? '' }
  }
  const leading = LEADING_TIME.exec(line)
  if (leading) {
    const rest = line.slice(leading[0].length)
    const split = splitLabel(rest)
    // "10:30 suits me" is speech, so a bare time must stand alone or before a speaker.
    if (leading[1] !== '' || rest === '' || split) {
      const start = readTime(leading[2] ?? '', lineNumber)
      return split ? { speaker: split.label, start, text: split.text } : { speaker: null, start, text: rest }
    }
  }
  const nameThenTime = NAME_THEN_TIME.exec(line)
  if (nameThenTime && next !== undefined && next.trim() !== '' && splitLabel(`${nameThenTime[1]}: x`)) {
    return { speaker: nameThenTime[1] ?? '', start: readTime(nameThenTime[2] ?? '', lineNumber), text: '' }
  }
  const split = splitLabel(line)
  // The label stays in the text: whether it really is a speaker is decided over the whole file.
  return split ? { speaker: null, start: null, text: line } : null
}

function readTime(clock: string, line: number): number {
  const seconds = parseClock(clock)
  if (seconds !== null) return seconds
  throw new TranscriptError(`"${clock}" ${clock.startsWith('-') ? 'is negative' : 'is not a time'}.`, {
    format: 'plain',
    line,
    remedy: 'Write times as 00:01:02 or 1:02.',
  })
}
