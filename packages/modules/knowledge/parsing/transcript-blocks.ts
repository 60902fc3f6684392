import { parsePlainTranscript } from '@guildhall/standards/plain-transcript'
import { parseSubrip } from '@guildhall/standards/subrip'
import { type Transcript, TranscriptError } from '@guildhall/standards/transcript'
import { parseWebvtt } from '@guildhall/standards/webvtt'
import { decodeText, encodingWarnings } from './decode-text.ts'
import { DocumentError } from './document-error.ts'
import type { Block, ReadResult } from './document.ts'

/** Reads WebVTT captions: one utterance per turn, with its speaker and times. */
export function readVtt(bytes: Uint8Array): ReadResult {
  return readWith(parseWebvtt, bytes)
}

/** Reads SubRip captions: one utterance per turn, with its speaker and times. */
export function readSrt(bytes: Uint8Array): ReadResult {
  return readWith(parseSubrip, bytes)
}

function readWith(parse: (text: string) => Transcript, bytes: Uint8Array): ReadResult {
  const decoded = decodeText(bytes)
  try {
    const read = utterances(parse(decoded.text))
    return { ...read, warnings: [...encodingWarnings(decoded), ...read.warnings] }
  } catch (error) {
    if (error instanceof TranscriptError) throw new DocumentError('corrupt', error.message, error.remedy, error)
    throw error
  }
}

/** Text that is the protocol of a conversation as utterances; null for any other text. */
export function conversation(text: string): ReadResult | null {
  if (!looksLikeConversation(text)) return null
  try {
    return utterances(parsePlainTranscript(text))
  } catch (error) {
    if (error instanceof TranscriptError) return null
    throw error
  }
}

const turn =
  /^\s*(?:[[(]?(?:\d{1,2}:)?\d{1,2}:\d{2}(?:[.,]\d+)?[\])]?\s*[-–—]?\s*)?(\p{L}[\p{L}\p{N} .'_-]{0,40}?)\s*(?:[[(][\d:]+[\])])?:\s+\S/u

/** Most lines are `Name: words`, and at least two names come back: "Price: 20" lists name each label once. */
function looksLikeConversation(text: string): boolean {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const names = lines.map((line) => turn.exec(line)?.[1]).filter((name) => name !== undefined)
  if (names.length < 4 || names.length < lines.length * 0.6) return false
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return counts.size <= names.length / 2 && [...counts.values()].filter((count) => count >= 2).length >= 2
}

function utterances(transcript: Transcript): ReadResult {
  const names = new Map(transcript.parties.map((party) => [party.id, party.name]))
  const blocks = transcript.turns
    .filter((turn) => turn.text.trim() !== '')
    .map((turn): Block => {
      const speaker = names.get(turn.party)
      return {
        kind: 'utterance',
        text: turn.text.trim(),
        ...(speaker ? { speaker } : {}),
        ...(turn.start === null ? {} : { startSeconds: turn.start }),
        ...(turn.end === null ? {} : { endSeconds: turn.end }),
      }
    })
  return { ...(transcript.title ? { title: transcript.title } : {}), blocks, warnings: transcript.warnings }
}
