import { endpoint, invalidInput } from '@guildhall/kernel'
import { z } from 'zod'
import type { Stretch, Transcription } from '../media/media-models.ts'
import { renderOpenAIProblem } from '../openai/problem.ts'
import { subRip, webVtt } from '../openai/subtitles.ts'
import { answerHeaders } from '../surface/answer-headers.ts'
import { FormFile, readForm } from '../surface/read-form.ts'

/** OpenAI's own limit for a recording. */
const maxFile = 25 * 1024 * 1024

const granularities = z.array(z.enum(['word', 'segment']))

/** Form of `POST /v1/audio/transcriptions` (OpenAI API reference, audio). */
const TranscriptionForm = z.object({
  file: FormFile.refine((file) => file.size <= maxFile, 'is larger than 25 MiB; cut it into pieces').refine(
    (file) => file.size > 0,
    'is empty',
  ),
  model: z.string().max(300).default('default'),
  language: z.string().max(20).optional(),
  prompt: z.string().max(4096).optional(),
  response_format: z
    .enum(['json', 'text', 'verbose_json', 'srt', 'vtt'], 'must be json, text, verbose_json, srt or vtt')
    .default('json'),
  temperature: z.coerce.number().min(0).max(1).optional(),
  timestamp_granularities: granularities.optional(),
  stream: z.literal('false', 'is not supported; leave it out').optional(),
  include: z.array(z.never('is not supported; leave it out')).optional(),
  chunking_strategy: z.never('is not supported; leave it out').optional(),
})

export const createTranscription = endpoint({
  name: 'transcriptions.create',
  summary: 'Transcripts of recordings for OpenAI clients',
  route: 'POST /v1/audio/transcriptions',
  permission: 'providers:use',
  maxBody: maxFile + 64 * 1024,
  cors: true,
  request: { contentType: 'multipart/form-data' },
  response: { contentType: 'application/json' },
  renderProblem: renderOpenAIProblem,
  async run(request, ctx) {
    const form = await readForm(request, TranscriptionForm)
    const { file, response_format: format, timestamp_granularities: wanted = ['segment'] } = form
    const bytes = new Uint8Array(await file.arrayBuffer())
    const { value, totals } = await ctx.services.runs.record(
      ctx,
      { kind: 'transcription', title: file.name },
      async (run) => {
        const result = await ctx.services.mediaModels.transcription(
          ctx,
          form.model,
          {
            bytes,
            mediaType: file.type || 'application/octet-stream',
            filename: file.name,
            language: form.language,
            prompt: form.prompt,
            temperature: form.temperature,
            granularities: wanted,
          },
          run,
        )
        if ((format === 'srt' || format === 'vtt') && result.value.segments.length === 0 && result.value.text !== '')
          throw invalidInput([
            {
              field: 'response_format',
              message: `needs a model that tells times, such as whisper-1; ${result.model} does not`,
            },
          ])
        return result
      },
    )
    const { provider, model, fallbackReason } = value
    const headers = answerHeaders(totals.runId, { provider, model, source: 'fresh', fallbackReason }, totals)
    return rendered(value.value, { format, wanted, headers })
  },
})

function rendered(
  transcription: Transcription,
  told: { format: string; wanted: readonly string[]; headers: Record<string, string> },
): Response {
  const { text, segments } = transcription
  const plain = (body: string, type: string) =>
    new Response(body, { headers: { ...told.headers, 'content-type': `${type}; charset=utf-8` } })
  switch (told.format) {
    case 'text':
      return plain(`${text}\n`, 'text/plain')
    case 'srt':
      return plain(subRip(segments), 'application/x-subrip')
    case 'vtt':
      return plain(webVtt(segments), 'text/vtt')
    case 'verbose_json':
      return Response.json(verbose(transcription, told.wanted), { headers: told.headers })
    default:
      return Response.json({ text, ...duration(transcription) }, { headers: told.headers })
  }
}

function duration({ seconds }: Transcription) {
  return seconds === null ? {} : { usage: { type: 'duration', seconds: Math.ceil(seconds) } }
}

function verbose(transcription: Transcription, wanted: readonly string[]) {
  const { text, language, seconds, segments, words } = transcription
  return {
    task: 'transcribe',
    language,
    duration: seconds,
    text,
    ...(wanted.includes('word') ? { words: words.map(wordOf) } : {}),
    ...(wanted.includes('segment') ? { segments: segments.map((segment, id) => ({ id, ...segment })) } : {}),
    ...duration(transcription),
  }
}

const wordOf = ({ text, start, end }: Stretch) => ({ word: text, start, end })
