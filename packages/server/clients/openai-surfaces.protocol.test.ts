import OpenAI, { BadRequestError, NotFoundError } from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startServer, type RunningServer } from '../testing/start-server.ts'
import { startTap, type Tap } from '../testing/tap.ts'
import { anything, runOf, says, startUpstreams, takeOn, type Upstreams } from '../testing/upstreams.ts'

/** What the official client of OpenAI asks beside chat completions, on the running product. */
const slug = 'surfaces'
let server: RunningServer
let upstreams: Upstreams
let tap: Tap
let client: OpenAI
let bare: OpenAI
beforeAll(async () => {
  upstreams = await startUpstreams()
  tap = await startTap(upstreams.mocks.openai.url)
  server = await startServer({ env: { GUILDHALL_PRIVATE_HOSTS: `${upstreams.hosts},${tap.host}` } })
  client = await takeOn(server, slug, { ...upstreams.mocks, openai: tap.host })
  bare = await takeOn(server, 'bare', {})
})
afterAll(async () => {
  await server.stop()
  await Promise.all([tap.stop(), upstreams.stop()])
})
beforeEach(() => upstreams.reset())

const caught = (promise: Promise<unknown>) => promise.catch((error: unknown) => error)
const gpt = 'openai/gpt-5.1'
const claude = 'anthropic/claude-sonnet-4-6'
const sent = () => JSON.parse(tap.lastBody())

describe('responses', () => {
  it('a response with who gave it, and how it ended', async () => {
    upstreams.mocks.openai.onMessage(anything, says('I am the shop.'))
    const { data, response } = await client.responses
      .create({ model: gpt, input: 'Who are you?', instructions: 'Be short.', metadata: { desk: '1' } })
      .withResponse()
    expect(data).toMatchObject({
      object: 'response',
      status: 'completed',
      // The provider's own words, its name of the model included.
      model: 'gpt-5.1',
      output_text: 'I am the shop.',
      usage: { input_tokens: 1000, output_tokens: 100, total_tokens: 1100 },
    })
    expect(response.headers.get('x-guildhall-provider')).toBe('openai')
    expect(response.headers.get('x-guildhall-cost')).toBe('0.002250')
    // The provider is never asked to keep it.
    expect(sent()).toMatchObject({ store: false, instructions: 'Be short.', metadata: { desk: '1' } })
    upstreams.mocks.anthropic.onMessage(anything, { ...says('Too'), finishReason: 'length' })
    const asked = { model: claude, input: 'Go on', max_output_tokens: 16, instructions: 'On.', metadata: { desk: '1' } }
    const cut = await client.responses.create(asked)
    expect(cut).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } })
    expect(cut).toMatchObject({ model: claude, instructions: 'On.', metadata: { desk: '1' }, output_text: 'Too' })
  })

  it('every event of a stream has its number, and the last one all of it', async () => {
    upstreams.mocks.google.onMessage(anything, says('I answer in several pieces.'), { chunkSize: 6 })
    const stream = await client.responses.create({ model: 'google/gemini-2.5-flash', input: 'Speak', stream: true })
    const events = await Array.fromAsync(stream)
    expect(events.map((event) => event.sequence_number)).toEqual(events.map((_event, index) => index))
    expect(new Set(events.map((event) => event.type))).toEqual(
      new Set([
        'response.created',
        'response.in_progress',
        'response.output_item.added',
        'response.content_part.added',
        'response.output_text.delta',
        'response.output_text.done',
        'response.content_part.done',
        'response.output_item.done',
        'response.completed',
      ]),
    )
    expect(events.at(-1)).toMatchObject({
      response: {
        status: 'completed',
        output: [{ type: 'message', content: [{ text: 'I answer in several pieces.' }] }],
        usage: { input_tokens: 1000 },
      },
    })
  })

  it('thoughts are sealed on request and come back in the next turn', async () => {
    upstreams.mocks.openai.onMessage(anything, { ...says('42.'), reasoning: 'Adding up.' })
    const first = await client.responses.create({
      model: gpt,
      input: 'What is 40 and 2?',
      include: ['reasoning.encrypted_content'],
    })
    expect(first.output[0]).toMatchObject({ type: 'reasoning', summary: [{ text: 'Adding up.' }] })
    const kept = first.output.flatMap((item) => (item.type === 'reasoning' || item.type === 'message' ? [item] : []))
    const second = await client.responses.create({
      model: gpt,
      input: [{ role: 'user', content: 'What is 40 and 2?' }, ...kept, { role: 'user', content: 'Sure?' }],
    })
    expect(second.output_text).toBe('42.')
  })

  it('a break is both a failed response and an error that is thrown', async () => {
    upstreams.mocks.openai.onMessage(anything, says('one two three four five six seven eight nine'), {
      truncateAfterChunks: 10,
      latency: 25,
      chunkSize: 6,
    })
    const types: string[] = []
    const read = async () => {
      for await (const event of await client.responses.create({ model: gpt, input: 'Count', stream: true }))
        types.push(event.type)
    }
    expect(await caught(read())).toMatchObject({ code: 'answer_cut' })
    expect(types).toContain('response.output_text.delta')
    expect(types.at(-1)).toBe('response.failed')
  })

  it('what is not supported is refused by name, with what to do instead', async () => {
    const asked: [members: object, param: string, says: RegExp][] = [
      [{ previous_response_id: 'resp_1' }, 'previous_response_id', /send the whole conversation/],
      [{ conversation: 'conv_1' }, 'conversation', /send the whole conversation/],
      [{ background: true }, 'background', /leave it out/],
      [{ prompt: { id: 'pmpt_1' } }, 'prompt', /instructions/],
      [{ truncation: 'auto' }, 'truncation', /shorten the conversation/],
      [{ tools: [{ type: 'web_search' }] }, 'tools.0.type', /functions of your own/],
      [{ include: ['file_search_call.results'] }, 'include.0', /not supported/],
      [{ input: [{ type: 'item_reference', id: 'i' }] }, 'input', /./],
      [{ model: 'google/gemini-2.5-flash', top_logprobs: 2 }, 'logprobs', /logprobs/],
    ]
    for (const [members, param, text] of asked) {
      const error = await caught(client.responses.create({ model: gpt, input: 'Hello', ...members }))
      expect(error).toBeInstanceOf(BadRequestError)
      expect(error).toMatchObject({ param: expect.stringContaining(param), message: expect.stringMatching(text) })
    }
    expect(upstreams.mocks.openai.getRequests()).toHaveLength(0)
    expect(await caught(client.responses.retrieve('resp_1'))).toBeInstanceOf(NotFoundError)
  })
})

describe('images', () => {
  it('as many as asked, as bytes', async () => {
    const b64 = Buffer.from('not really a picture').toString('base64')
    upstreams.mocks.openai.onImage(anything, { images: [{ b64Json: b64 }, { b64Json: b64 }] })
    const { data, response } = await client.images
      .generate({ model: 'openai/gpt-image-2', prompt: 'A red square', n: 2, size: '1024x1024', quality: 'low' })
      .withResponse()
    expect(data.data).toEqual([{ b64_json: b64 }, { b64_json: b64 }])
    expect(sent()).toMatchObject({ model: 'gpt-image-2', n: 2, size: '1024x1024', quality: 'low' })
    expect(response.headers.get('x-guildhall-model')).toBe('gpt-image-2')
    const url = await caught(client.images.generate({ prompt: 'A red square', response_format: 'url' }))
    expect(url).toMatchObject({ status: 400, param: 'response_format', message: expect.stringMatching(/b64_json/) })
  })
})

const recording = () => new File([new Uint8Array([82, 73, 70, 70, 1, 2, 3])], 'call.wav', { type: 'audio/wav' })

describe('recordings', () => {
  const measured = {
    seek: 0,
    tokens: [1],
    temperature: 0,
    avg_logprob: -0.1,
    compression_ratio: 1,
    no_speech_prob: 0,
  }
  const segments = [
    { id: 0, start: 0, end: 1.5, text: ' Good morning.', ...measured },
    { id: 1, start: 1.5, end: 3, text: ' How are you?', ...measured },
  ]
  const transcription = {
    text: 'Good morning. How are you?',
    language: 'english',
    duration: 3,
    segments,
    words: [{ word: 'Good', start: 0, end: 0.5 }],
  }
  beforeEach(() => void upstreams.mocks.openai.onTranscription({ transcription }))

  it('in each format', async () => {
    const create = client.audio.transcriptions.create.bind(client.audio.transcriptions)
    const model = 'whisper-1'
    expect(await create({ file: recording(), model })).toMatchObject({ text: transcription.text })
    expect(await create({ file: recording(), model, response_format: 'text' })).toBe(`${transcription.text}\n`)
    const verbose = await create({
      file: recording(),
      model,
      response_format: 'verbose_json',
      language: 'en',
      timestamp_granularities: ['segment', 'word'],
    })
    expect(verbose).toMatchObject({
      duration: 3,
      language: 'en',
      segments: [{ id: 0, start: 0, end: 1.5 }, { id: 1 }],
    })
    expect(await create({ file: recording(), model, response_format: 'srt' })).toContain(
      '1\n00:00:00,000 --> 00:00:01,500\nGood morning.',
    )
    const vtt = await create({ file: recording(), model, response_format: 'vtt' })
    expect(vtt).toMatch(/^WEBVTT\n\n00:00:00\.000 --> 00:00:01\.500\n/)
  })

  it('the run knows what a recording cost', async () => {
    const { response } = await client.audio.transcriptions
      .create({ file: recording(), model: 'default' })
      .withResponse()
    // 3 s at 0.006 USD a minute.
    expect((await runOf(server, slug, response.headers)).run).toMatchObject({ status: 'ok', costMicros: 300 })
  })

  it('forms are read within limits', async () => {
    const post = (body: string, type: string) =>
      server.request('/v1/audio/transcriptions', {
        method: 'POST',
        client: slug,
        body,
        headers: { 'content-type': type },
      })
    const many = `${'--b\r\ncontent-disposition: form-data; name="x"\r\n\r\n1\r\n'.repeat(60)}--b--\r\n`
    const answers = [
      await post('{}', 'application/json'),
      await post(many, 'multipart/form-data; boundary=b'),
      await post('--b\r\nnothing', 'multipart/form-data; boundary=b'),
      await post('', 'multipart/form-data'),
    ]
    expect(answers.map((answer) => answer.status)).toEqual([415, 400, 400, 415])
    expect(await answers[1]?.json()).toMatchObject({ error: { message: expect.stringContaining('at most 40 parts') } })
    const noFile = new FormData()
    noFile.set('file', 'text')
    const refused = await fetch(`${server.url}/v1/audio/transcriptions`, {
      method: 'POST',
      body: noFile,
      headers: { authorization: `Bearer ${server.apiKey}`, 'x-guildhall-client': slug },
    })
    expect(await refused.json()).toMatchObject({ error: { param: 'file' } })
    const large = new File([new Uint8Array(25 * 1024 * 1024 + 1)], 'long.wav', { type: 'audio/wav' })
    const tooLarge = await caught(client.audio.transcriptions.create({ file: large, model: 'whisper-1' }))
    expect(tooLarge).toMatchObject({ status: 400, param: 'file', message: expect.stringMatching(/25 MiB/) })
  })
})

describe('speech', () => {
  it('bytes of the format that was asked for', async () => {
    const audio = Buffer.from('not really a sound')
    upstreams.mocks.openai.onSpeech(anything, { audio: audio.toString('base64'), format: 'opus' })
    const asked = {
      model: 'tts-1',
      voice: 'alloy',
      input: 'Good morning',
      response_format: 'opus' as const,
      speed: 1.5,
    }
    const response = await client.audio.speech.create(asked)
    expect(Buffer.from(await response.arrayBuffer())).toEqual(audio)
    expect(response.headers.get('content-type')).toBe('audio/opus')
    expect(sent()).toMatchObject({ model: 'tts-1', voice: 'alloy', response_format: 'opus', speed: 1.5 })
    const events = await caught(client.audio.speech.create({ ...asked, stream_format: 'sse' }))
    expect(events).toMatchObject({ status: 400, param: 'stream_format' })
  })
})

describe('moderations', () => {
  it('a judgement of each text', async () => {
    upstreams.mocks.openai.onModerate(anything, {
      flagged: true,
      categories: { violence: true, hate: false },
      category_scores: { violence: 0.9, hate: 0.1 },
    })
    const { data, response } = await client.moderations.create({ input: 'A fight' }).withResponse()
    expect(data.results).toMatchObject([{ flagged: true, categories: { violence: true, hate: false } }])
    expect(data.model).toBe('openai/omni-moderation-latest')
    expect((await runOf(server, slug, response.headers)).run).toMatchObject({ costMicros: 0 })
  })
})

describe('without a provider', () => {
  it('each of them says what is missing', async () => {
    const file = new File([new Uint8Array([1])], 'call.wav', { type: 'audio/wav' })
    const errors = await Promise.all(
      [
        bare.images.generate({ prompt: 'x' }),
        bare.audio.speech.create({ model: 'default', voice: 'alloy', input: 'x' }),
        bare.audio.transcriptions.create({ file, model: 'default' }),
        bare.moderations.create({ input: 'x' }),
      ].map(caught),
    )
    for (const error of errors)
      expect(error).toMatchObject({ status: 424, code: 'not_configured', error: { setting: 'providers' } })
  })

  it('nor does one answer for a model that it has not', async () => {
    const asked = client.audio.speech.create({ model: claude, voice: 'alloy', input: 'x' })
    expect(await caught(asked)).toMatchObject({ status: 404, code: 'model_not_found' })
  })
})

describe('logprobs', () => {
  it('are given where the provider gives them', async () => {
    upstreams.mocks.openai.onMessage(anything, says('Yes'))
    const messages = [{ role: 'user' as const, content: 'Yes or no?' }]
    const include = ['message.output_text.logprobs' as const]
    await client.responses.create({ model: 'openai/gpt-4o', input: 'Yes or no?', top_logprobs: 2, include })
    expect(sent()).toMatchObject({ top_logprobs: 2, include })
    for (const model of [claude, 'google/gemini-2.5-flash']) {
      const refused = await caught(client.chat.completions.create({ model, messages, logprobs: true }))
      expect(refused).toMatchObject({ status: 400, param: 'logprobs' })
    }
  })
})
