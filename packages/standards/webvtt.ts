import { assembleTranscript, shareTime, type Segment } from './assemble-transcript.ts'
import { parseCueTiming } from './cue-timing.ts'
import { readLines, TranscriptError, type Transcript } from './transcript.ts'
import { formatClock } from './transcript-time.ts'

const ENTITIES: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00A0',
  lrm: '\u200E',
  rlm: '\u200F',
}

/**
 * Reads WebVTT (W3C Candidate Recommendation, 2019): voice tags, "Name:" prefixes, cue identifiers, cue settings, NOTE, STYLE
 * and REGION blocks, hours optional. Each cue becomes one turn, or one turn per voice.
 * @throws TranscriptError without a WEBVTT header, with malformed, negative or reversed times, or without speech
 */
export function parseWebvtt(text: string): Transcript {
  const lines = readLines(text, 'webvtt')
  if (!/^WEBVTT(?:[ \t]|$)/.test(lines[0] ?? ''))
    throw new TranscriptError('The first line is not "WEBVTT".', {
      format: 'webvtt',
      line: 1,
      remedy: 'Put WEBVTT on the first line, or name the file .srt or .txt if it is one of those.',
    })
  const title = (lines[0] ?? '')
    .slice(6)
    .replace(/^[\s-]+/, '')
    .trim()
  const segments: Segment[] = []
  let index = 1
  while (index < lines.length) {
    const first = lines[index] ?? ''
    if (first.trim() === '') {
      index += 1
      continue
    }
    let end = index
    while (end < lines.length && (lines[end] ?? '').trim() !== '') end += 1
    if (!/^(?:NOTE|STYLE|REGION)(?:\s|$)/.test(first)) segments.push(...readCue(lines, index, end))
    index = end
  }
  return assembleTranscript(segments, { format: 'webvtt', ...(title === '' ? {} : { title }) })
}

function readCue(lines: readonly string[], from: number, to: number): Segment[] {
  const timing = (lines[from] ?? '').includes('-->') ? from : from + 1
  const timingLine = timing < to ? (lines[timing] ?? '') : ''
  if (!timingLine.includes('-->')) {
    // Header metadata such as "Kind: captions" directly under WEBVTT is no cue.
    if (from === 1) return []
    throw new TranscriptError('The block has no timing line ("start --> end").', {
      format: 'webvtt',
      line: from + 1,
      remedy: 'Add the times of the cue, or start the block with NOTE if it is a comment.',
    })
  }
  const at = { format: 'webvtt', line: timing + 1, example: '00:01:02.500' } as const
  const { start, end } = parseCueTiming(timingLine, at)
  const payload = lines.slice(timing + 1, to).join('\n')
  const whole = { line: timing + 1, start, end }
  return shareTime(
    readVoices(payload).map((voice) => ({ ...whole, ...voice })),
    whole,
  )
}

/** Splits a payload at its voice tags and drops all other markup. */
function readVoices(payload: string): { speaker: string | null; text: string }[] {
  const parts: { speaker: string | null; text: string }[] = [{ speaker: null, text: '' }]
  let rest = 0
  for (const tag of payload.matchAll(/<([^<>]{0,400})>/g)) {
    const current = parts.at(-1)
    if (current) current.text += decodeEntities(payload.slice(rest, tag.index))
    rest = tag.index + tag[0].length
    const voice = /^v(?:\.[^\s]*)?\s+(.+)$/s.exec(tag[1] ?? '')
    if (voice) parts.push({ speaker: decodeEntities(voice[1] ?? '').trim() || null, text: '' })
    else if (tag[1] === '/v') parts.push({ speaker: null, text: '' })
  }
  const current = parts.at(-1)
  if (current) current.text += decodeEntities(payload.slice(rest))
  const spoken = parts.filter((part) => part.text.trim() !== '')
  return spoken.length > 0 ? spoken : [{ speaker: null, text: '' }]
}

function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,6}));/gi, (whole, decimal, hex, name) => {
    const code = decimal ? Number(decimal) : hex ? Number.parseInt(String(hex), 16) : null
    if (code !== null) return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '\uFFFD'
    return ENTITIES[String(name).toLowerCase()] ?? whole
  })
}

/**
 * Writes a transcript as WebVTT with voice tags, for a player's caption track. `parseWebvtt` reads back the same names, times
 * and text (white space within a turn becomes single spaces).
 * @throws TranscriptError when a turn has no times, since a cue cannot be written without them
 */
export function buildWebvtt(transcript: Pick<Transcript, 'title' | 'parties' | 'turns'>): string {
  const names = new Map(transcript.parties.map((party) => [party.id, party.name ?? party.id]))
  const cues = transcript.turns.map((turn, index) => {
    if (turn.start === null || turn.end === null)
      throw new TranscriptError('The turn has no times.', {
        format: 'webvtt',
        field: `turns.${index}`,
        remedy: 'WebVTT needs a start and an end for each turn: export as vCon or text instead.',
      })
    const voice = escapeText(names.get(turn.party) ?? turn.party)
    return `${formatClock(turn.start)} --> ${formatClock(turn.end)}\n<v ${voice}>${escapeText(turn.text)}</v>\n`
  })
  const title =
    transcript.title === undefined ? '' : ` - ${transcript.title.replace(/\s+/g, ' ').replaceAll('-->', '→')}`
  return `WEBVTT${title}\n\n${cues.join('\n')}`
}

const escapeText = (text: string): string =>
  text.replace(/\s+/g, ' ').trim().replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
