import { z } from 'zod'

/** Which side of the call a party is on: the seller, the buyer, or anybody else (interpreter, colleague who only listens). */
export const PartyRole = z.enum(['rep', 'prospect', 'other']).describe('Side of the call: rep sells, prospect buys')
export type PartyRole = z.infer<typeof PartyRole>

export const TranscriptParty = z.object({
  id: z.string().min(1).describe('Identifier of the party within this transcript'),
  name: z.string().optional().describe('Name as it stands in the source'),
  role: PartyRole.optional(),
  email: z.string().optional().describe('E-mail address without "mailto:"'),
  tel: z.string().optional().describe('Telephone number without "tel:"'),
})
export type TranscriptParty = z.infer<typeof TranscriptParty>

export const TranscriptTurn = z.object({
  party: z.string().describe('Id of the party who speaks'),
  start: z
    .number()
    .nonnegative()
    .nullable()
    .describe('Start in seconds from the beginning of the call; null when unknown'),
  end: z.number().nonnegative().nullable().describe('End in seconds from the beginning of the call; null when unknown'),
  text: z.string().describe('What was said, as plain text'),
})
export type TranscriptTurn = z.infer<typeof TranscriptTurn>

/**
 * A call as text: who took part and what each said, in order of time.
 * Every codec in this folder reads into this shape. Times are seconds from the beginning of the call.
 */
export const Transcript = z.object({
  title: z.string().optional().describe('Subject of the call'),
  startedAt: z.string().optional().describe('Beginning of the call, RFC 3339'),
  durationSeconds: z.number().nonnegative().optional().describe('Length of the call in seconds'),
  parties: z.array(TranscriptParty),
  turns: z.array(TranscriptTurn),
  warnings: z.array(z.string()).describe('What the reader had to assume or leave out'),
})
export type Transcript = z.infer<typeof Transcript>

export type TranscriptFormat = 'webvtt' | 'subrip' | 'vcon' | 'json' | 'plain'

/** A source that cannot be read as a transcript. Says where (line or field), what is wrong and what to do. */
export class TranscriptError extends Error {
  readonly code = 'transcript_unreadable'
  readonly format: TranscriptFormat | null
  /** 1-based line in the source, when the fault has one. */
  readonly line: number | null
  /** Path of the field in the source, such as `dialog.0.start`, when the fault has one. */
  readonly field: string | null
  /** What the sender can do about it. */
  readonly remedy: string

  constructor(
    problem: string,
    about: { format?: TranscriptFormat; line?: number; field?: string; remedy: string; cause?: unknown },
  ) {
    const where =
      about.line !== undefined ? `Line ${about.line}: ` : about.field !== undefined ? `${about.field}: ` : ''
    super(`${where}${problem} ${about.remedy}`, about.cause === undefined ? undefined : { cause: about.cause })
    this.name = 'TranscriptError'
    this.format = about.format ?? null
    this.line = about.line ?? null
    this.field = about.field ?? null
    this.remedy = about.remedy
  }
}

/** The most characters a codec reads; an hour of speech is about 60,000, so this leaves room for inline audio in a vCon. */
export const MAX_CHARACTERS = 64 * 1024 * 1024
/** The most characters in one line of a text format; a three-hour call written as a single paragraph is about 180,000. */
export const MAX_LINE_CHARACTERS = 1_000_000

/** Refuses what is no text at all (empty, binary, too large) and returns it without a byte order mark. */
export function checkText(text: string, format: TranscriptFormat): string {
  const content = text.startsWith('\uFEFF') ? text.slice(1) : text
  if (content.trim() === '')
    throw new TranscriptError('The file is empty.', { format, remedy: 'Send a transcript that holds what was said.' })
  if (content.length > MAX_CHARACTERS)
    throw new TranscriptError(`The file has ${content.length} characters; ${MAX_CHARACTERS} is the limit.`, {
      format,
      remedy: 'Split the call, or send audio as a separate file.',
    })
  if (content.includes('\u0000'))
    throw new TranscriptError('The file is binary, not text.', {
      format,
      remedy: 'Send a .vtt, .srt, .txt or vCon .json transcript, or send audio to be transcribed first.',
    })
  return content
}

/** The lines of a text format, split at CRLF, LF or CR. */
export function readLines(text: string, format: TranscriptFormat): string[] {
  const lines = checkText(text, format).split(/\r\n|\n|\r/)
  const long = lines.findIndex((line) => line.length > MAX_LINE_CHARACTERS)
  if (long >= 0)
    throw new TranscriptError(`The line has ${lines[long]?.length} characters; ${MAX_LINE_CHARACTERS} is the limit.`, {
      format,
      line: long + 1,
      remedy: 'Check that this is a transcript, and put each turn on its own line.',
    })
  return lines
}
