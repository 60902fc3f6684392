import { Buffer } from 'node:buffer'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { LLMock } from '@copilotkit/aimock'
import { chromium, type Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumFlags, findChromium } from '../testing/chromium.ts'
import { json, startServer, type RunningServer } from '../testing/start-server.ts'
import { looks, openPage, type ObservedPage } from './observe-page.ts'

const executablePath = findChromium()
if (executablePath === null && process.env['CI'])
  throw new Error(
    'No Chromium found: install `chromium` with your package manager, or set GUILDHALL_CHROMIUM to its path.',
  )

/** Two by two pixels, enough to be an image. */
const pixels =
  'iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAE0lEQVR4nGPwtr82Z/p/BiAGsgAwLgcl9Y2m4AAAAABJRU5ErkJggg=='
const spoken = ['Good morning, this is the workshop.', 'It is too expensive for us this year.']
const heard = spoken.map((text, id) => ({
  id,
  text,
  start: id * 2,
  end: id * 2 + 2,
  seek: 0,
  tokens: [1],
  temperature: 0,
  avg_logprob: -0.1,
  compression_ratio: 1,
  no_speech_prob: 0,
}))
const found = 'A missed appointment costs a salon about forty euros.'

/** What only a provider can do, with a stand-in for it: images, web search, transcription. */
describe.skipIf(executablePath === null)('with a provider that draws, searches and listens', () => {
  let server: RunningServer
  let browser: Browser
  let upstream: LLMock
  let front: Server
  let project: string
  const visits = new Map<string, ObservedPage>()
  const visit = (name: string): ObservedPage => {
    const seen = visits.get(name)
    if (!seen) throw new Error(`nobody visits at ${name}`)
    return seen
  }

  beforeAll(async () => {
    upstream = await LLMock.create({ port: 0 })
    upstream.onImage(/[\s\S]*/, { image: { b64Json: pixels } })
    upstream.onTranscription({
      transcription: { text: spoken.join(' '), language: 'english', duration: 4, segments: heard },
    })
    upstream.onMessage(/<transcript>/, {
      content: JSON.stringify({
        summary: 'A short call about the price.',
        strengths: [],
        improvements: [],
        nextSteps: ['Send the figures of a garage of the same size.'],
      }),
      usage: { input_tokens: 90, output_tokens: 30, total_tokens: 120 },
    })
    front = await searching(upstream.url)
    const { port } = front.address() as AddressInfo
    const host = `127.0.0.1:${String(port)}`
    server = await startServer({ env: { GUILDHALL_DEMO: '1', GUILDHALL_PRIVATE_HOSTS: host } })
    browser = await chromium.launch({ executablePath: executablePath ?? '', args: chromiumFlags })
    const connected = await server.request('/api/providers/openai', {
      method: 'PUT',
      client: 'beacon-sales',
      body: JSON.stringify({ apiKey: 'sk-stand-in-1234', baseUrl: `http://${host}/v1`, models: ['gpt-5.1'] }),
    })
    if (!connected.ok) throw new Error(`the stand-in is not accepted: ${await connected.text()}`)
    project = await readyProject(server)
    const [first, ...others] = looks
    if (!first) throw new Error('there is no look')
    const opened = await openPage(browser, server.url, first)
    visits.set(first.name, opened)
    await opened.page.goto(server.signInLink())
    await opened.page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
    const session = await opened.page.context().storageState()
    for (const look of others) visits.set(look.name, await openPage(browser, server.url, look, session))
  }, 180_000)
  afterAll(async () => {
    for (const { close } of visits.values()) await close()
    await browser?.close()
    await server?.stop()
    front?.close()
    await upstream?.stop()
  })

  describe.each(looks)('at $name', ({ name, width, theme }) => {
    const open = async (view: string) => {
      const seen = visit(name)
      await seen.page.goto(`${server.url}/clients/beacon-sales/projects/${project}/${view}`)
      return seen
    }

    it('draws a campaign image and keeps it', async () => {
      const { page, inspect } = await open('campaign-image')
      const before = await page.getByRole('main').getByRole('img').count()
      await page.getByRole('textbox', { name: /What should it show/ }).fill(`A quiet front desk, ${name}`)
      await page.getByRole('button', { name: 'Make the image' }).click()
      await page.getByText('The image is made').first().waitFor()
      const newest = page.getByRole('main').getByRole('img').first()
      await expect.poll(() => page.getByRole('main').getByRole('img').count()).toBeGreaterThan(before)
      await expect.poll(() => newest.evaluate((image: { naturalWidth: number }) => image.naturalWidth)).toBe(2)
      expect(await inspect(`image drawn`)).toEqual([])
    })

    it('searches the web and names who was asked', async () => {
      const { page, inspect } = await open('market')
      await page
        .getByRole('searchbox', { name: 'Question about the market' })
        .fill(`What does a missed appointment cost? ${String(width)} ${theme}`)
      await page.keyboard.press('Enter')
      await page.getByRole('region', { name: 'Answer' }).waitFor()
      expect(await page.getByRole('region', { name: 'Answer' }).innerText()).toContain(found)
      const source = page.getByRole('link', { name: 'What an empty chair costs' })
      expect(await source.getAttribute('href')).toBe('https://salon.example/empty-chair')
      expect(await inspect('web search')).toEqual([])
    })

    it('hears a recording, shows its steps meanwhile, and plays it beside its words', async () => {
      const { page, inspect } = await open('calls')
      await page.getByRole('button', { name: 'Analyse a call' }).click()
      await page.locator('[data-transcript-file]').setInputFiles({
        name: `morning-${String(width)}-${theme}.wav`,
        mimeType: 'audio/wav',
        buffer: Buffer.from(tone(4, width + (theme === 'dark' ? 1 : 0))),
      })
      await page.getByRole('dialog').getByRole('button', { name: 'Analyse', exact: true }).click()
      await page.waitForURL(/\/calls\/[0-9a-f-]{36}$/)
      if (width < 1000)
        await page
          .getByRole('tab', { name: 'Transcript' })
          .or(page.getByRole('button', { name: 'Transcript', exact: true }))
          .first()
          .click()
      await page
        .getByText(spoken[1] ?? '')
        .last()
        .waitFor()
      const player = page.locator('audio')
      await player.waitFor()
      await expect.poll(() => player.evaluate((audio: { duration: number }) => audio.duration)).toBeCloseTo(4, 1)
      expect(await inspect('recording')).toEqual([])
      await player.evaluate((audio: { play: () => Promise<void> }) => void audio.play())
      await expect.poll(() => player.evaluate((audio: { currentTime: number }) => audio.currentTime)).toBeGreaterThan(0)
    })

    it('met no error, and no request left the host', () => {
      const { errors, outside } = visit(name)
      expect(errors).toEqual([])
      expect(outside).toEqual([])
    })
  })
})

/** The stand-in with a web search in front of it, which it does not have: an answer in the form that OpenAI documents. */
async function searching(upstream: string): Promise<Server> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const body = Buffer.concat(parts)
      if (request.url?.endsWith('/responses') && body.includes('"web_search')) {
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(searched()))
        return
      }
      void handOn(upstream, request, body, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

async function handOn(
  upstream: string,
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): Promise<void> {
  const answer = await fetch(new URL(request.url ?? '/', upstream), {
    method: request.method ?? 'GET',
    headers: {
      'content-type': request.headers['content-type'] ?? 'application/json',
      authorization: 'Bearer stand-in',
    },
    ...(body.length > 0 ? { body: new Uint8Array(body) } : {}),
  })
  response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'application/json' })
  response.end(Buffer.from(await answer.arrayBuffer()))
}

function searched() {
  const citation = {
    type: 'url_citation',
    start_index: 0,
    end_index: found.length,
    url: 'https://salon.example/empty-chair',
    title: 'What an empty chair costs',
  }
  return {
    id: 'resp_1',
    object: 'response',
    created_at: 1_700_000_000,
    model: 'gpt-5.1',
    status: 'completed',
    error: null,
    incomplete_details: null,
    output: [
      {
        type: 'web_search_call',
        id: 'ws_1',
        status: 'completed',
        action: { type: 'search', query: 'missed appointment' },
      },
      {
        type: 'message',
        id: 'msg_1',
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'output_text', text: found, annotations: [citation] }],
      },
    ],
    usage: { input_tokens: 40, output_tokens: 12, total_tokens: 52 },
  }
}

/** The demo's coach once its sample calls are there. */
async function readyProject(server: RunningServer): Promise<string> {
  for (let attempt = 0; attempt < 120; attempt++) {
    const { items } = await json<{ items: { id: string; sample: { state: string } }[] }>(
      await server.request('/api/projects', { client: 'beacon-sales' }),
    )
    const [project] = items
    if (project?.sample.state === 'ready') return project.id
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  throw new Error('the sample calls are not there after a minute')
}

/** A mono 16-bit WAV of 8000 samples a second. @param hertz pitch, which makes it another file each time */
function tone(seconds: number, hertz: number): Uint8Array {
  const rate = 8000
  const bytes = Buffer.alloc(44 + seconds * rate * 2)
  bytes.write('RIFF', 0)
  bytes.writeUInt32LE(bytes.length - 8, 4)
  bytes.write('WAVEfmt ', 8)
  bytes.writeUInt32LE(16, 16)
  bytes.writeUInt16LE(1, 20)
  bytes.writeUInt16LE(1, 22)
  bytes.writeUInt32LE(rate, 24)
  bytes.writeUInt32LE(rate * 2, 28)
  bytes.writeUInt16LE(2, 32)
  bytes.writeUInt16LE(16, 34)
  bytes.write('data', 36)
  bytes.writeUInt32LE(seconds * rate * 2, 40)
  for (let at = 0; at < seconds * rate; at++)
    bytes.writeInt16LE(Math.round(Math.sin((at / rate) * 2 * Math.PI * hertz) * 8000), 44 + at * 2)
  return bytes
}
