import { z } from 'zod'
import { isObject, parseJson } from './transcript-json.ts'
import { TranscriptError, type Transcript } from './transcript.ts'
import { transcriptOfVcon } from './vcon-transcript.ts'

const Index = z.number().int().nonnegative()
const Encoding = z.enum(['base64url', 'json', 'none'])
const content = {
  mediatype: z.string().optional(),
  filename: z.string().optional(),
  body: z.unknown().optional().describe('Inline content: any JSON value with encoding "json", otherwise a string'),
  encoding: Encoding.optional(),
  url: z.string().optional(),
  content_hash: z.union([z.string(), z.array(z.string())]).optional(),
}

export const VconParty = z.looseObject({
  tel: z.string().optional(),
  mailto: z.string().optional(),
  name: z.string().optional(),
  uuid: z.string().optional().describe('Free-form identifier of the participant'),
  role: z.string().optional().describe('Extension parameter: rep, prospect or other'),
})
export type VconParty = z.infer<typeof VconParty>

export const VconDialog = z.looseObject({
  type: z.string().describe('recording, text, transfer, incomplete or recording-set'),
  start: z.string().optional().describe('RFC 3339'),
  duration: z.number().nonnegative().optional().describe('Seconds'),
  parties: z.union([Index, z.array(z.union([Index, z.array(Index), z.null()]))]).optional(),
  originator: Index.optional(),
  ...content,
})
export type VconDialog = z.infer<typeof VconDialog>

export const VconAnalysis = z.looseObject({
  type: z.string(),
  dialog: z.union([Index, z.array(Index)]).optional(),
  vendor: z.string().optional().describe('Required by the draft; older files leave it out'),
  product: z.string().optional(),
  schema: z.string().optional(),
  ...content,
})
export type VconAnalysis = z.infer<typeof VconAnalysis>

export const VconAttachment = z.looseObject({
  purpose: z.string().optional(),
  start: z.string().optional(),
  party: Index.optional(),
  dialog: Index.optional(),
  ...content,
})
export type VconAttachment = z.infer<typeof VconAttachment>

/** The unsigned form of a vCon, syntax version 0.4.0 (draft-ietf-vcon-vcon-core-04). Unknown parameters are kept. */
export const Vcon = z.looseObject({
  vcon: z.string().optional(),
  uuid: z.string(),
  created_at: z.string(),
  updated_at: z.string().optional(),
  subject: z.string().optional(),
  extensions: z.array(z.string()).optional(),
  critical: z.array(z.string()).optional().describe('Extensions a reader must know to read this safely'),
  parties: z.array(VconParty).default([]),
  dialog: z.array(VconDialog).default([]),
  analysis: z.array(VconAnalysis).default([]),
  attachments: z.array(VconAttachment).default([]),
})
export type Vcon = z.infer<typeof Vcon>

/** True when a parsed JSON value has the marks of a vCon in any of its three forms (unsigned, JWS, JWE). */
export const looksLikeVcon = (value: unknown): boolean =>
  isObject(value) &&
  (typeof value['vcon'] === 'string' ||
    (Array.isArray(value['parties']) && (Array.isArray(value['dialog']) || Array.isArray(value['analysis']))) ||
    (typeof value['payload'] === 'string' && Array.isArray(value['signatures'])) ||
    typeof value['ciphertext'] === 'string')

/**
 * Reads a vCon without interpreting it. A signed vCon (JWS) is opened without checking its signature: verify it before if its
 * origin matters. Nothing is fetched: contents behind a `url` stay there.
 * @throws TranscriptError for broken JSON, a missing or mistyped field (named), an encrypted vCon, or a critical extension
 */
export function readVcon(text: string): Vcon {
  return validate(openSigned(parseJson(text, 'vcon')))
}

function validate(value: unknown): Vcon {
  const read = Vcon.safeParse(value)
  if (!read.success) {
    const issue = read.error.issues[0]
    throw new TranscriptError(`${issue?.message ?? 'Not a vCon'}.`, {
      format: 'vcon',
      field: issue?.path.map(String).join('.') || 'vcon',
      remedy: 'Send a vCon as described in draft-ietf-vcon-vcon-core.',
      cause: read.error,
    })
  }
  const unknown = read.data.critical?.filter((name) => name !== 'wtf_transcription') ?? []
  if (unknown.length > 0)
    throw new TranscriptError(`The vCon needs the extension "${unknown[0]}", which is not supported.`, {
      format: 'vcon',
      field: 'critical',
      remedy: 'Export the call without that extension.',
    })
  return read.data
}

function openSigned(value: unknown): unknown {
  if (!isObject(value)) return value
  if (typeof value['ciphertext'] === 'string')
    throw new TranscriptError('The vCon is encrypted.', {
      format: 'vcon',
      field: 'ciphertext',
      remedy: 'Decrypt it first and send the unsigned or signed form.',
    })
  if (typeof value['payload'] !== 'string' || !Array.isArray(value['signatures'])) return value
  let payload: string
  try {
    payload = new TextDecoder('utf-8', { fatal: true }).decode(
      Uint8Array.fromBase64(value['payload'], { alphabet: 'base64url' }),
    )
  } catch (cause) {
    throw new TranscriptError('The payload of the signed vCon is not base64url text.', {
      format: 'vcon',
      field: 'payload',
      remedy: 'Export the vCon again.',
      cause,
    })
  }
  return parseJson(payload, 'vcon')
}

/**
 * Reads the conversation in a vCon: `analysis` of type transcript when there is one, else the `text` dialogs.
 * @throws TranscriptError as `readVcon`, and when the vCon holds neither
 */
export function parseVcon(text: string): Transcript {
  return transcriptOfVcon(readVcon(text))
}

/** What a vCon needs beside the transcript. The caller gives identity and time, so that building stays reproducible. */
export type VconParts = {
  /** UUID of the vCon; the draft recommends version 8, any version is read. */
  uuid: string
  /** RFC 3339. */
  createdAt: string
  updatedAt?: string
  /** The recording the transcript was made from; `url` must be https and needs its hash. */
  recording?: { url: string; contentHash: string; mediaType: string; filename?: string }
  /** Who made the transcript. */
  vendor?: string
  product?: string
  /** Further analyses, such as a score report. */
  analysis?: readonly VconAnalysis[]
  attachments?: readonly VconAttachment[]
}

/**
 * Writes a transcript as an unsigned vCon 0.4.0. The words go into `analysis[0]` (type transcript, segments as in
 * draft-howe-vcon-wtf-extension-01); party ids are kept in the party's `uuid`. `parseVcon(JSON.stringify(built))` gives back
 * the same title, parties, turns, beginning and duration.
 */
export function buildVcon(transcript: Transcript, parts: VconParts): Vcon {
  const indexOf = new Map(transcript.parties.map((party, index) => [party.id, index]))
  const duration = transcript.durationSeconds
  const { recording } = parts
  return {
    vcon: '0.4.0',
    uuid: parts.uuid,
    created_at: parts.createdAt,
    ...(parts.updatedAt === undefined ? {} : { updated_at: parts.updatedAt }),
    ...(transcript.title === undefined ? {} : { subject: transcript.title }),
    parties: transcript.parties.map((party) => ({
      uuid: party.id,
      ...(party.name === undefined ? {} : { name: party.name }),
      ...(party.role === undefined ? {} : { role: party.role }),
      ...(party.email === undefined ? {} : { mailto: party.email }),
      ...(party.tel === undefined ? {} : { tel: party.tel }),
    })),
    dialog: [
      {
        type: 'recording',
        parties: transcript.parties.map((_, index) => index),
        ...(transcript.startedAt === undefined ? {} : { start: transcript.startedAt }),
        ...(duration === undefined ? {} : { duration }),
        ...(recording === undefined
          ? {}
          : {
              url: recording.url,
              content_hash: recording.contentHash,
              mediatype: recording.mediaType,
              ...(recording.filename === undefined ? {} : { filename: recording.filename }),
            }),
      },
    ],
    analysis: [
      {
        type: 'transcript',
        dialog: 0,
        vendor: parts.vendor ?? 'guildhall',
        ...(parts.product === undefined ? {} : { product: parts.product }),
        schema: 'draft-howe-vcon-wtf-extension-01',
        mediatype: 'application/json',
        encoding: 'json',
        body: {
          transcript: { text: transcript.turns.map((turn) => turn.text).join('\n') },
          segments: transcript.turns.map((turn, id) => ({
            id,
            ...(turn.start === null ? {} : { start: turn.start }),
            ...(turn.end === null ? {} : { end: turn.end }),
            speaker: indexOf.get(turn.party) ?? turn.party,
            text: turn.text,
          })),
        },
      },
      ...(parts.analysis ?? []),
    ],
    attachments: [...(parts.attachments ?? [])],
  }
}
