import { assembleTranscript, type Segment } from './assemble-transcript.ts'
import { parsePlainTranscript } from './plain-transcript.ts'
import { parseSubrip } from './subrip.ts'
import { isObject, parseJson, readSegments, type PartyLookup } from './transcript-json.ts'
import { PartyRole, TranscriptError, type Transcript, type TranscriptParty } from './transcript.ts'
import type { Vcon, VconAnalysis, VconDialog } from './vcon.ts'
import { parseWebvtt } from './webvtt.ts'

/** Roles that contact-centre vCons use, in this product's words. */
const ROLES: Record<string, PartyRole> = {
  agent: 'rep',
  customer: 'prospect',
  supervisor: 'other',
  sme: 'other',
  thirdparty: 'other',
}

/**
 * The conversation in a vCon. Several transcribed dialogs are joined on the clock of the first one.
 * @throws TranscriptError when nothing was transcribed, or a transcript in it cannot be read
 */
export function transcriptOfVcon(vcon: Vcon): Transcript {
  const parties = readParties(vcon)
  const startedAt = firstStart(vcon)
  const warnings: string[] = []
  const segments = [...fromAnalyses(vcon, parties, startedAt, warnings)]
  if (segments.length === 0) segments.push(...fromTextDialogs(vcon, parties, startedAt, warnings))
  if (segments.length === 0)
    throw new TranscriptError('The vCon holds no transcript.', {
      format: 'vcon',
      field: 'analysis',
      remedy: vcon.dialog.some((dialog) => dialog.type === 'recording')
        ? 'Transcribe its recording first, or send the audio file.'
        : 'Add an analysis of type "transcript" or dialogs of type "text".',
    })
  const read = assembleTranscript(segments, { format: 'vcon', warnings, parties })
  const recorded = vcon.dialog.reduce((sum, dialog) => sum + (dialog.duration ?? 0), 0)
  const seconds = Math.max(recorded, read.durationSeconds ?? 0)
  return {
    ...(vcon.subject === undefined ? {} : { title: vcon.subject }),
    ...(startedAt === null ? {} : { startedAt }),
    ...(seconds > 0 ? { durationSeconds: seconds } : {}),
    parties: read.parties,
    turns: read.turns,
    warnings: read.warnings,
  }
}

function readParties(vcon: Vcon): TranscriptParty[] {
  const used = new Set<string>()
  return vcon.parties.map((party, index) => {
    const wanted =
      party.uuid !== undefined && party.uuid !== '' && !used.has(party.uuid) ? party.uuid : `party-${index}`
    used.add(wanted)
    const own = PartyRole.safeParse(party.role)
    const role = own.success ? own.data : ROLES[party.role ?? '']
    return {
      id: wanted,
      ...(party.name === undefined ? {} : { name: party.name }),
      ...(role === undefined ? {} : { role }),
      ...(party.mailto === undefined ? {} : { email: party.mailto.replace(/^mailto:/i, '') }),
      ...(party.tel === undefined ? {} : { tel: party.tel.replace(/^tel:/i, '') }),
    }
  })
}

const readInstant = (text: string | undefined, field: string): number | null => {
  if (text === undefined) return null
  const instant = Date.parse(text)
  if (!Number.isNaN(instant)) return instant
  throw new TranscriptError(`"${text.slice(0, 40)}" is not a date and time.`, {
    format: 'vcon',
    field,
    remedy: 'Write RFC 3339, such as 2026-03-14T09:30:00Z.',
  })
}

function firstStart(vcon: Vcon): string | null {
  let first: { instant: number; text: string } | null = null
  for (const [index, dialog] of vcon.dialog.entries()) {
    const instant = readInstant(dialog.start, `dialog.${index}.start`)
    if (instant !== null && (first === null || instant < first.instant)) first = { instant, text: dialog.start ?? '' }
  }
  return first?.text ?? null
}

const offsetOf = (dialog: VconDialog | undefined, startedAt: string | null): number =>
  dialog?.start === undefined || startedAt === null ? 0 : (Date.parse(dialog.start) - Date.parse(startedAt)) / 1000

function fromAnalyses(
  vcon: Vcon,
  parties: readonly TranscriptParty[],
  startedAt: string | null,
  warnings: string[],
): Segment[] {
  const segments: Segment[] = []
  const done = new Set<number>()
  for (const [index, analysis] of vcon.analysis.entries()) {
    if (!['transcript', 'wtf_transcription'].includes(analysis.type)) continue
    const about = Array.isArray(analysis.dialog) ? (analysis.dialog[0] ?? 0) : (analysis.dialog ?? 0)
    if (done.has(about)) {
      warnings.push(`analysis.${index} transcribes dialog ${about} once more and was left out.`)
      continue
    }
    const dialog = vcon.dialog[about]
    const partyOf = (reference: string | number): string | null => partyId(reference, parties, dialog)
    const read = readBody(analysis, `analysis.${index}.body`, partyOf, warnings)
    if (!read) {
      warnings.push(`analysis.${index} is a transcript in a form that is not known and was left out.`)
      continue
    }
    done.add(about)
    const offset = offsetOf(dialog, startedAt)
    segments.push(...read.map((segment) => shift(segment, offset)))
  }
  return segments
}

const shift = (segment: Segment, offset: number): Segment => ({
  ...segment,
  start: segment.start === null ? null : segment.start + offset,
  end: segment.end === null ? null : segment.end + offset,
})

/** A speaker in a transcript may be the index of a party, its uuid or its name; diarisation numbers follow the dialog's parties. */
function partyId(
  reference: string | number,
  parties: readonly TranscriptParty[],
  dialog: VconDialog | undefined,
): string | null {
  if (typeof reference === 'string') {
    const named = parties.find(
      (party) => party.id === reference || party.name?.toLowerCase() === reference.toLowerCase(),
    )
    return named?.id ?? null
  }
  const listed = Array.isArray(dialog?.parties) ? dialog.parties[reference] : undefined
  return parties[typeof listed === 'number' ? listed : reference]?.id ?? null
}

function readBody(analysis: VconAnalysis, field: string, partyOf: PartyLookup, warnings: string[]): Segment[] | null {
  const { body } = analysis
  if (typeof body !== 'string') return readSegments(body, field, 'vcon', partyOf)
  const text = analysis.encoding === 'base64url' ? decodeBody(body, field) : body
  if (analysis.mediatype !== 'text/plain' && /^\s*[[{]/.test(text)) {
    const value = parseJson(text, 'vcon')
    return (
      readSegments(value, field, 'vcon', partyOf) ??
      (isObject(value) && typeof value['text'] === 'string' ? plain(value['text']) : null)
    )
  }
  const read = readText(text, analysis.mediatype)
  warnings.push(...read.warnings)
  const names = new Map(read.parties.map((party) => [party.id, party.name ?? null]))
  return read.turns.map((turn, index) => {
    const name = names.get(turn.party) ?? null
    const party = name === null ? null : partyOf(name)
    return {
      line: index + 1,
      start: turn.start,
      end: turn.end,
      text: turn.text,
      speaker: name,
      ...(party === null ? {} : { party }),
    }
  })
}

const plain = (text: string): Segment[] => [{ line: 1, start: null, end: null, speaker: null, text }]

function readText(text: string, mediatype: string | undefined): Transcript {
  if (mediatype === 'text/vtt' || text.startsWith('WEBVTT')) return parseWebvtt(text)
  if (mediatype === 'application/x-subrip') return parseSubrip(text)
  return parsePlainTranscript(text)
}

function decodeBody(body: string, field: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.fromBase64(body, { alphabet: 'base64url' }))
  } catch (cause) {
    throw new TranscriptError('The body is not base64url text.', {
      format: 'vcon',
      field,
      remedy: 'Export the vCon again.',
      cause,
    })
  }
}

const speakerAt = (index: number, parties: readonly TranscriptParty[]): { party?: string; speaker: string | null } => {
  const party = parties[index]
  return party ? { party: party.id, speaker: null } : { speaker: `Speaker ${index}` }
}

function fromTextDialogs(
  vcon: Vcon,
  parties: readonly TranscriptParty[],
  startedAt: string | null,
  warnings: string[],
): Segment[] {
  const segments: Segment[] = []
  for (const [index, dialog] of vcon.dialog.entries()) {
    if (dialog.type !== 'text') continue
    if (typeof dialog.body !== 'string') {
      warnings.push(`dialog.${index} has no inline text and was left out.`)
      continue
    }
    const text = dialog.encoding === 'base64url' ? decodeBody(dialog.body, `dialog.${index}.body`) : dialog.body
    const first = Array.isArray(dialog.parties) ? dialog.parties[0] : dialog.parties
    const speaker = dialog.originator ?? (typeof first === 'number' ? first : null)
    const start = dialog.start === undefined || startedAt === null ? null : offsetOf(dialog, startedAt)
    segments.push({
      line: index + 1,
      start,
      end: start === null || dialog.duration === undefined ? null : start + dialog.duration,
      ...(speaker === null ? { speaker: null } : speakerAt(speaker, parties)),
      text: dialog.mediatype === 'text/html' ? text.replace(/<[^<>]{0,2000}>/g, ' ').replace(/\s+/g, ' ') : text,
    })
  }
  return segments
}
