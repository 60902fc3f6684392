import { parsePlainTranscript } from './plain-transcript.ts'
import { parseSubrip } from './subrip.ts'
import { parseJson, parseTranscriptJson } from './transcript-json.ts'
import { TranscriptError, checkText, type Transcript, type TranscriptFormat } from './transcript.ts'
import { looksLikeVcon, parseVcon } from './vcon.ts'
import { parseWebvtt } from './webvtt.ts'

export type TranscriptSource = {
  /** Name of the file, for its extension. */
  filename?: string | undefined
  /** Media type as sent, parameters allowed. */
  mediaType?: string | undefined
  text: string
}

const BY_MEDIA_TYPE: Record<string, TranscriptFormat> = {
  'text/vtt': 'webvtt',
  'application/x-subrip': 'subrip',
  'application/vcon': 'vcon',
  'application/vcon+json': 'vcon',
}
const BY_EXTENSION: Record<string, TranscriptFormat> = { vtt: 'webvtt', srt: 'subrip', vcon: 'vcon' }
const MEDIA = /^(?:audio|video|image)\//
const MEDIA_EXTENSION = /\.(?:mp3|mp4|m4a|wav|ogg|opus|webm|flac|aac|mov)$/i

/**
 * Tells which codec reads a source. What the content shows wins over what its name and media type say.
 * @throws TranscriptError for audio, video, binary and empty sources, and for broken JSON
 */
export function detectTranscriptFormat({ filename = '', mediaType = '', text }: TranscriptSource): TranscriptFormat {
  const type = mediaType.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (MEDIA.test(type) || MEDIA_EXTENSION.test(filename))
    throw new TranscriptError('This is a recording, not a transcript.', {
      remedy: 'Send it as a recording to be transcribed, or send its .vtt, .srt, .txt or vCon .json transcript.',
    })
  const content = checkText(text, 'plain')
  if (/^WEBVTT(?:\s|$)/.test(content)) return 'webvtt'
  const extension = /\.([a-z0-9]{1,8})$/i.exec(filename)?.[1]?.toLowerCase() ?? ''
  const named = BY_MEDIA_TYPE[type] ?? BY_EXTENSION[extension]
  const jsonNamed = extension === 'json' || type === 'application/json'
  // "[[" or "[{" opens a JSON list, "[00:01]" a line of text.
  if (/^\s*(?:\{|\[\s*[[{])/.test(content) || (jsonNamed && /^\s*\[/.test(content)))
    return looksLikeVcon(parseJson(content, 'json')) || named === 'vcon' ? 'vcon' : 'json'
  if (
    named === undefined &&
    /^\s*(?:\d{1,7}\s*[\r\n]+)?\s*-?\d{1,4}(?::\d{1,4}){1,2}[.,]\d{1,3}\s*-->/.test(content.slice(0, 2000))
  )
    return 'subrip'
  if (named === undefined && jsonNamed) return 'json'
  return named ?? 'plain'
}

const CODECS: Record<TranscriptFormat, (text: string) => Transcript> = {
  webvtt: parseWebvtt,
  subrip: parseSubrip,
  vcon: parseVcon,
  json: parseTranscriptJson,
  plain: parsePlainTranscript,
}

/**
 * Reads a call transcript in any supported format: WebVTT, SubRip, vCon, the JSON of transcription services, and text.
 * @throws TranscriptError, and nothing else, for every input that cannot be read
 */
export function parseTranscript(source: TranscriptSource): Transcript {
  return CODECS[detectTranscriptFormat(source)](source.text)
}
