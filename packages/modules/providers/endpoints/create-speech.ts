import { endpoint } from '@guildhall/kernel'
import { z } from 'zod'
import { renderOpenAIProblem } from '../openai/problem.ts'
import { answerHeaders } from '../surface/answer-headers.ts'
import { readJson } from '../surface/read-json.ts'

const mediaTypes = {
  mp3: 'audio/mpeg',
  opus: 'audio/opus',
  aac: 'audio/aac',
  flac: 'audio/flac',
  wav: 'audio/wav',
  pcm: 'audio/pcm',
}

/** Body of `POST /v1/audio/speech` (OpenAI API reference, audio). */
const SpeechRequest = z.object({
  model: z.string().max(300).default('default'),
  input: z.string().min(1).max(4096, 'may have 4,096 characters; speak longer texts piece by piece'),
  voice: z.string('must be the name of a voice; voices of your own are not supported').min(1).max(100),
  response_format: z.enum(['mp3', 'opus', 'aac', 'flac', 'wav', 'pcm']).default('mp3'),
  speed: z.number().min(0.25).max(4).nullish(),
  instructions: z.string().max(4096).nullish(),
  stream_format: z.literal('audio', 'must be `audio`; events are not supported').nullish(),
})

export const createSpeech = endpoint({
  name: 'speech.create',
  summary: 'Spoken text for OpenAI clients',
  route: 'POST /v1/audio/speech',
  permission: 'providers:use',
  cors: true,
  request: { contentType: 'application/json', schema: SpeechRequest },
  response: { contentType: 'audio/mpeg' },
  renderProblem: renderOpenAIProblem,
  async run(request, ctx) {
    const body = await readJson(request, SpeechRequest)
    const { value, totals } = await ctx.services.runs.record(
      ctx,
      { kind: 'speech', title: body.input, input: body },
      (run) =>
        ctx.services.mediaModels.speech(
          ctx,
          body.model,
          {
            text: body.input,
            voice: body.voice,
            format: body.response_format,
            speed: body.speed ?? undefined,
            instructions: body.instructions ?? undefined,
          },
          run,
        ),
    )
    const { provider, model, fallbackReason } = value
    return new Response(new Uint8Array(value.value), {
      headers: {
        'content-type': mediaTypes[body.response_format],
        ...answerHeaders(totals.runId, { provider, model, source: 'fresh', fallbackReason }, totals),
      },
    })
  },
})
