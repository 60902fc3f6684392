import { createHash } from 'node:crypto'
import { invalidInput, type Context } from '@guildhall/kernel'
import type { RunHandle } from '@guildhall/modules/runs'
import { parseTranscript } from '@guildhall/standards/detect-transcript'
import { TranscriptError, type Transcript } from '@guildhall/standards/transcript'

/** Media types that a provider must turn into text first. */
const isRecording = (mediaType: string) => mediaType.startsWith('audio/') || mediaType.startsWith('video/')

/** @throws Problem 400 that names `field`, the line and the remedy. */
export function readTranscriptText(
  source: { text: string; filename?: string | undefined; mediaType?: string | undefined },
  field: string,
): Transcript {
  try {
    return parseTranscript({
      text: source.text,
      ...(source.filename === undefined ? {} : { filename: source.filename }),
      ...(source.mediaType === undefined ? {} : { mediaType: source.mediaType }),
    })
  } catch (error) {
    if (error instanceof TranscriptError) throw invalidInput([{ field, message: error.message }])
    throw error
  }
}

/** A stored file as a transcript: text formats are read, recordings go to a provider's transcription. */
export async function readTranscriptFile(
  ctx: Context,
  fileId: string,
  run: RunHandle,
): Promise<{ transcript: Transcript; recording: boolean; name: string }> {
  const { file, bytes } = await ctx.services.files.read(ctx, fileId)
  if (!isRecording(file.mediaType))
    return {
      transcript: readTranscriptText(
        { text: new TextDecoder().decode(bytes), filename: file.name, mediaType: file.mediaType },
        'fileId',
      ),
      recording: false,
      name: file.name,
    }
  const heard = await ctx.services.providers.transcribe(
    ctx,
    { bytes, mediaType: file.mediaType, filename: file.name },
    run,
  )
  const turns = (heard.segments.length > 0 ? heard.segments : [{ start: null, end: null, text: heard.text }]).map(
    ({ start, end, text }) => ({ party: 'speaker', start, end, text }),
  )
  const warnings = [
    'The transcription does not tell the speakers apart: talk ratio and objections need a transcript with speakers.',
  ]
  return {
    transcript: { title: file.name, parties: [{ id: 'speaker' }], turns, warnings },
    recording: true,
    name: file.name,
  }
}

/** Same words by the same parties = same fingerprint, whatever format they came in. */
export function transcriptHash(transcript: Transcript): string {
  const said = transcript.turns.map((turn) => [turn.party, turn.start, turn.text])
  return createHash('sha256').update(JSON.stringify(said)).digest('hex')
}

/** `Name: text` lines, numbered by turn, for search and for prompts. */
export function transcriptText(transcript: Transcript): string {
  const names = new Map(transcript.parties.map((party) => [party.id, party.name ?? party.role ?? party.id]))
  return transcript.turns.map((turn) => `${names.get(turn.party) ?? turn.party}: ${turn.text}`).join('\n')
}
