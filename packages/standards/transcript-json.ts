import { assembleTranscript, type Segment } from './assemble-transcript.ts'
import { checkText, TranscriptError, type Transcript, type TranscriptFormat } from './transcript.ts'

type Json = Record<string, unknown>

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Parses JSON and names the fault.
 * @throws TranscriptError for malformed JSON or nesting that the parser refuses
 */
export function parseJson(text: string, format: TranscriptFormat): unknown {
  const content = checkText(text, format)
  try {
    return JSON.parse(content)
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message.slice(0, 160) : 'unknown fault'
    throw new TranscriptError(`The JSON cannot be read (${detail}).`, {
      format,
      remedy: 'Export the file again, it may be cut short.',
      cause,
    })
  }
}

/** Finds the id of the party that segments mean by a speaker's number, name or id; null when it is none of those listed. */
export type PartyLookup = (reference: string | number) => string | null

/**
 * Reads the JSON that transcription services write: a list of segments, or an object with `segments`, `utterances`, `turns`,
 * `results.utterances` or `results.channels[].alternatives[].paragraphs`. A segment has `text` (or `transcript`, `body`), `start` and
 * `end` in seconds, and a speaker as `speaker`, `party`, `participant` or `channel`. `speakers` (World Transcription Format,
 * draft-howe-vcon-wtf-extension-01) gives them names.
 * @returns null when the value holds no such list
 * @throws TranscriptError for negative, reversed or non-numeric times
 */
export function readSegments(
  value: unknown,
  path: string,
  format: TranscriptFormat,
  partyOf: PartyLookup,
): Segment[] | null {
  const found = findList(value)
  if (!found) return null
  const labels = isObject(value) && isObject(value['speakers']) ? value['speakers'] : {}
  return found.items.map((item, index) => {
    const field = `${path}${path === '' ? '' : '.'}${found.path}${found.path === '' ? '' : '.'}${index}`
    if (!isObject(item))
      throw new TranscriptError('A segment is not an object.', {
        format,
        field,
        remedy: 'Write each segment as {"start", "end", "speaker", "text"}.',
      })
    const start = readSeconds(item['start'], `${field}.start`, format)
    const end = readSeconds(item['end'], `${field}.end`, format)
    if (start !== null && end !== null && end < start)
      throw new TranscriptError(`The segment ends (${end}) before it starts (${start}).`, {
        format,
        field,
        remedy: 'Put the earlier time in "start".',
      })
    return { line: index + 1, start, end, text: textOf(item), ...speakerOf(item, labels, partyOf) }
  })
}

function findList(value: unknown): { path: string; items: readonly unknown[] } | null {
  if (Array.isArray(value)) return { path: '', items: value }
  if (!isObject(value)) return null
  for (const key of ['segments', 'utterances', 'turns']) {
    if (Array.isArray(value[key])) return { path: key, items: value[key] }
  }
  const results = value['results']
  if (!isObject(results)) return null
  if (Array.isArray(results['utterances'])) return { path: 'results.utterances', items: results['utterances'] }
  const channels = Array.isArray(results['channels']) ? results['channels'] : []
  const paragraphs = channels.flatMap((channel: unknown, index) => {
    const alternatives = isObject(channel) && Array.isArray(channel['alternatives']) ? channel['alternatives'] : []
    const best: unknown = alternatives[0]
    const block = isObject(best) && isObject(best['paragraphs']) ? best['paragraphs']['paragraphs'] : null
    // With one speaker per channel the channel is the speaker.
    const many = channels.length > 1
    return Array.isArray(block) ? block.map((p: unknown) => (isObject(p) && many ? { ...p, speaker: index } : p)) : []
  })
  return paragraphs.length > 0 ? { path: 'results.channels', items: paragraphs } : null
}

function readSeconds(value: unknown, field: string, format: TranscriptFormat): number | null {
  if (value === undefined || value === null) return null
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return Math.round(value * 1000) / 1000
  // Not JSON.stringify: a deeply nested value would overflow the stack here.
  const shown = typeof value === 'string' || typeof value === 'number' ? `"${String(value).slice(0, 40)}"` : 'The value'
  throw new TranscriptError(`${shown} is not a time in seconds.`, {
    format,
    field,
    remedy: 'Write seconds from the beginning of the call, 0 or more.',
  })
}

function textOf(item: Json): string {
  for (const key of ['text', 'transcript', 'body', 'message']) {
    const value = item[key]
    if (typeof value === 'string') return value
  }
  const sentences: unknown[] = Array.isArray(item['sentences']) ? item['sentences'] : []
  return sentences
    .map((sentence) => (isObject(sentence) && typeof sentence['text'] === 'string' ? sentence['text'] : ''))
    .join(' ')
}

function speakerOf(item: Json, labels: Json, partyOf: PartyLookup): { party?: string; speaker: string | null } {
  for (const key of ['party', 'speaker', 'participant', 'channel']) {
    const reference = item[key]
    if (typeof reference !== 'string' && typeof reference !== 'number') continue
    const entry = labels[String(reference)]
    const label = isObject(entry) && typeof entry['label'] === 'string' && entry['label'] !== '' ? entry['label'] : null
    const party = (label === null ? null : partyOf(label)) ?? partyOf(reference)
    if (party !== null) return { party, speaker: null }
    return { speaker: label ?? (typeof reference === 'number' ? `Speaker ${reference}` : reference) }
  }
  return { speaker: null }
}

/**
 * Reads a transcription service's JSON answer that is not wrapped in a vCon.
 * @throws TranscriptError when it holds no segments
 */
export function parseTranscriptJson(text: string): Transcript {
  const value = parseJson(text, 'json')
  const segments = readSegments(value, '', 'json', () => null)
  if (segments) return assembleTranscript(segments, { format: 'json' })
  if (isObject(value) && typeof value['text'] === 'string') {
    const whole: Segment = { line: 1, start: null, end: null, speaker: null, text: value['text'] }
    return assembleTranscript([whole], { format: 'json' })
  }
  throw new TranscriptError('The JSON is neither a vCon nor a list of transcript segments.', {
    format: 'json',
    remedy: 'Send a vCon, or an object with "segments": [{"start", "end", "speaker", "text"}].',
  })
}
