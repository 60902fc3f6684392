import type { IncomingHttpHeaders } from 'node:http'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { usualAddress, type ProviderKind } from '../kinds.ts'
import { startOwnUpstream, type OwnUpstream } from '../testing/own-upstream.ts'
import type { ProviderAdapter } from './adapter.ts'
import { createAdapter } from './create-adapter.ts'

/** Capabilities that no mock library plays, against a server that answers as their providers have published it. */
let upstream: OwnUpstream
beforeAll(async () => {
  upstream = await startOwnUpstream()
})
afterAll(() => upstream.stop())
beforeEach(() => {
  upstream.requests.length = 0
})

const open = (kind: ProviderKind, path: string) =>
  createAdapter(kind, {
    apiKey: 'sk-wire-1234',
    baseUrl: `http://${upstream.host}${path}`,
    name: kind,
    models: [],
    fetch,
  })

function answering(type: string, body: string | Buffer): void {
  upstream.answer = (_request, response) => void response.writeHead(200, { 'content-type': type }).end(body)
}

function asked(): { url: string; headers: IncomingHttpHeaders; body: string } {
  const [request] = upstream.requests
  if (!request) throw new Error('nothing was asked')
  return request
}

function transcribing({ transcription }: ProviderAdapter) {
  if (!transcription) throw new Error('it does not transcribe')
  const audio = new Uint8Array([82, 73, 70, 70, 1, 2, 3, 4])
  return transcription.create(transcription.model).doGenerate({ audio, mediaType: 'audio/wav' })
}

test('Groq transcribes: a form to its address, words and their times back (Groq API reference, audio)', async () => {
  const segment = { id: 0, start: 0, end: 1.5, text: ' Grüezi.', tokens: [1], temperature: 0, seek: 0 }
  const measures = { avg_logprob: -0.1, compression_ratio: 1, no_speech_prob: 0 }
  const answer = {
    task: 'transcribe',
    language: 'German',
    duration: 1.5,
    text: ' Grüezi.',
    segments: [{ ...segment, ...measures }],
    x_groq: { id: 'req_1' },
  }
  answering('application/json', JSON.stringify(answer))
  const result = await transcribing(open('groq', '/openai/v1'))
  expect(result.text.trim()).toBe('Grüezi.')
  expect(result.segments.map(({ endSecond }) => endSecond)).toEqual([1.5])
  expect(asked().url).toBe('/openai/v1/audio/transcriptions')
  expect(asked().headers.authorization).toBe('Bearer sk-wire-1234')
  expect(asked().headers['content-type']).toMatch(/^multipart\/form-data/)
  expect(asked().body).toContain('whisper-large-v3-turbo')
})

test('Mistral transcribes: a form to its address, words back (Mistral API reference, audio transcriptions)', async () => {
  const usage = { prompt_audio_seconds: 2, prompt_tokens: 4, total_tokens: 14, completion_tokens: 10 }
  const answer = { model: 'voxtral-mini-latest', text: 'Grüezi.', language: 'de', segments: [], usage }
  answering('application/json', JSON.stringify(answer))
  const result = await transcribing(open('mistral', '/v1'))
  expect(result.text).toBe('Grüezi.')
  expect(asked().url).toBe('/v1/audio/transcriptions')
  expect(asked().headers.authorization).toBe('Bearer sk-wire-1234')
  expect(asked().body).toContain('voxtral-mini-latest')
})

test('Azure speaks: a deployment by its name, sound back (Azure OpenAI, v1 API, audio speech)', async () => {
  const sound = Buffer.from([73, 68, 51, 4, 0, 0])
  let sent: Request | undefined
  const adapter = createAdapter('azure', {
    apiKey: 'sk-wire-1234',
    baseUrl: usualAddress('azure', { resource: 'desk' }) ?? '',
    name: 'azure',
    models: ['my-tts'],
    settings: { resource: 'desk' },
    // The path depends on its being an address of Azure's.
    async fetch(input, init) {
      sent = new Request(input, init)
      return new Response(sound, { headers: { 'content-type': 'audio/mpeg' } })
    },
  })
  expect(adapter.speech?.model).toBe('my-tts')
  const result = await adapter.speech?.create('my-tts').doGenerate({ text: 'Grüezi', voice: 'alloy' })
  expect(Buffer.from(result?.audio ?? '').equals(sound)).toBe(true)
  expect(sent?.url).toBe('https://desk.openai.azure.com/openai/v1/audio/speech?api-version=v1')
  expect(sent?.headers.get('api-key')).toBe('sk-wire-1234')
  expect(await sent?.json()).toMatchObject({ model: 'my-tts', input: 'Grüezi', voice: 'alloy' })
})

test('Mistral judges texts, without a verdict of its own (Mistral API reference, moderations)', async () => {
  const quiet = { categories: { sexual: false, pii: false }, category_scores: { sexual: 0.01, pii: 0.02 } }
  const loud = { categories: { sexual: false, pii: true }, category_scores: { sexual: 0.01, pii: 0.97 } }
  answering(
    'application/json',
    JSON.stringify({ id: 'm-1', model: 'mistral-moderation-latest', results: [quiet, loud] }),
  )
  const { moderation } = open('mistral', '/v1')
  const judge = moderation?.create(moderation.model)
  const judged = await judge?.moderate(['a', 'b'], AbortSignal.timeout(10_000))
  expect(judged).toEqual([
    { flagged: false, categories: quiet.categories, scores: quiet.category_scores },
    { flagged: true, categories: loud.categories, scores: loud.category_scores },
  ])
  expect(asked().url).toBe('/v1/moderations')
  expect(JSON.parse(asked().body)).toEqual({ model: 'mistral-moderation-latest', input: ['a', 'b'] })
})
