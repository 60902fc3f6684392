import { isRoleLabel, readLabel, splitLabel } from './speaker-label.ts'
import { TranscriptError, type Transcript, type TranscriptFormat, type TranscriptParty } from './transcript.ts'

/** A timed piece of a source before its speakers are resolved. */
export type Segment = {
  /** 1-based line in the source. */
  line: number
  start: number | null
  end: number | null
  /** Id of a listed party, where the format refers to one. */
  party?: string
  /** Speaker's name stated by the format itself (a voice tag); null when only the text may tell. */
  speaker: string | null
  text: string
}

const UNKNOWN_SPEAKER = 'Unknown speaker'

/** A lone "Word: ..." among many labelled turns is more likely part of a sentence than a speaker. */
const LABELLED_ENOUGH = 10

const isAttributed = (segment: Segment): boolean => segment.party !== undefined || segment.speaker !== null

function acceptedLabels(segments: readonly Segment[]): (label: string) => boolean {
  const counts = new Map<string, number>()
  let labelled = 0
  for (const segment of segments) {
    if (isAttributed(segment)) continue
    for (const line of segment.text.split('\n')) {
      const split = splitLabel(line)
      if (!split) continue
      labelled += 1
      counts.set(split.label, (counts.get(split.label) ?? 0) + 1)
    }
  }
  return (label) =>
    labelled < LABELLED_ENOUGH || (counts.get(label) ?? 0) > 1 || isRoleLabel(label) || label.includes(' ')
}

function splitSegment(segment: Segment, accepted: (label: string) => boolean): Segment[] {
  if (isAttributed(segment)) return [segment]
  const parts: Segment[] = []
  for (const line of segment.text.split('\n')) {
    const split = splitLabel(line)
    const last = parts.at(-1)
    if (split && accepted(split.label)) parts.push({ ...segment, speaker: split.label, text: split.text })
    else if (last) last.text = `${last.text} ${line.trim()}`.trim()
    else parts.push({ ...segment, text: line.trim() })
  }
  return shareTime(parts, segment)
}

/** Two speakers in one timed piece get shares of its time in proportion to the length of their text. */
export function shareTime(parts: Segment[], whole: { start: number | null; end: number | null }): Segment[] {
  if (parts.length < 2 || whole.start === null || whole.end === null) return parts
  const total = parts.reduce((sum, part) => sum + Math.max(1, part.text.length), 0)
  let before = 0
  return parts.map((part) => {
    const length = (whole.end ?? 0) - (whole.start ?? 0)
    const at = (characters: number): number =>
      Math.round(((whole.start ?? 0) + (length * characters) / total) * 1000) / 1000
    const start = at(before)
    before += Math.max(1, part.text.length)
    return { ...part, start, end: at(before) }
  })
}

/**
 * Turns segments into a transcript: finds the speakers, carries a speaker on over unlabelled pieces, orders by time.
 * @throws TranscriptError when nothing was said
 */
export function assembleTranscript(
  segments: readonly Segment[],
  about: {
    format: TranscriptFormat
    warnings?: string[]
    title?: string
    startedAt?: string
    /** Parties that the source lists by itself; `Segment.party` refers to them. */
    parties?: readonly TranscriptParty[]
  },
): Transcript {
  const warnings = [...(about.warnings ?? [])]
  const accepted = acceptedLabels(segments)
  const pieces: Segment[] = []
  let shared = 0
  for (const segment of segments) {
    const split = splitSegment(segment, accepted)
    if (split.length > 1 && segment.start !== null) shared += 1
    pieces.push(...split)
  }
  if (shared > 0)
    warnings.push(`${shared} timed pieces hold several speakers; their time was shared by length of text.`)

  const spoken = pieces.filter((piece) => piece.text.trim() !== '')
  if (spoken.length === 0)
    throw new TranscriptError('The file holds no spoken text.', {
      format: about.format,
      remedy: 'Send a transcript that holds what was said.',
    })
  if (spoken.length < pieces.length) warnings.push(`${pieces.length - spoken.length} empty pieces were left out.`)

  const named = spoken.some(isAttributed)
  const parties = directory(about.parties ?? [])
  let carried = 0
  let current: string | null = null
  const turns = spoken.map((piece) => {
    if (piece.party !== undefined) current = piece.party
    else if (piece.speaker !== null) current = parties.idOf(piece.speaker)
    else if (current !== null) carried += 1
    const party = current ?? parties.idOf(UNKNOWN_SPEAKER)
    return { party, start: piece.start, end: piece.end, text: piece.text.trim() }
  })
  if (!named) warnings.push('No speaker is named; all text is given to one unknown speaker.')
  else if (carried > 0) warnings.push(`${carried} pieces name no speaker; they were given to the speaker before them.`)

  const ordered = inOrderOfTime(turns)
  if (ordered !== turns) warnings.push('Pieces were not in order of time; they were sorted by their start.')
  const last = ordered.reduce((latest, turn) => Math.max(latest, turn.end ?? turn.start ?? 0), 0)
  return {
    ...(about.title === undefined ? {} : { title: about.title }),
    ...(about.startedAt === undefined ? {} : { startedAt: about.startedAt }),
    ...(last > 0 ? { durationSeconds: last } : {}),
    parties: parties.all,
    turns: ordered,
    warnings,
  }
}

/** The parties found so far: one per name, whatever its capitals. */
function directory(listed: readonly TranscriptParty[]): { all: TranscriptParty[]; idOf: (label: string) => string } {
  const all = [...listed]
  const taken = new Set(all.map((party) => party.id))
  const byName = new Map<string, string>()
  const idOf = (label: string): string => {
    const { name, role } = readLabel(label)
    const known = byName.get(name.toLowerCase())
    if (known !== undefined) return known
    let number = all.length + 1
    while (taken.has(`p${number}`)) number += 1
    const party: TranscriptParty = { id: `p${number}`, name, ...(role ? { role } : {}) }
    all.push(party)
    taken.add(party.id)
    byName.set(name.toLowerCase(), party.id)
    return party.id
  }
  return { all, idOf }
}

/** Returns the same array when it is in order, or when some start is unknown (then the order of the source is all we know). */
function inOrderOfTime<T extends { start: number | null }>(turns: T[]): T[] {
  let previous = 0
  let sorted = true
  for (const { start } of turns) {
    if (start === null) return turns
    if (start < previous) sorted = false
    previous = start
  }
  return sorted ? turns : turns.toSorted((a, b) => (a.start ?? 0) - (b.start ?? 0))
}
