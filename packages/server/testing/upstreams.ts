import { createServer } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { LLMock } from '@copilotkit/aimock'
import OpenAI from 'openai'
import { json, type RunningServer } from './start-server.ts'

const models = { google: 'gemini-2.5-flash', openai: 'gpt-5.1', anthropic: 'claude-sonnet-4-6' }
export type Upstream = keyof typeof models

/** Providers on this machine: mock servers that others wrote, and two addresses that are no good. */
export interface Upstreams {
  mocks: Record<Upstream, LLMock>
  /** Takes connections and never says a word. */
  silentHost: string
  /** Nobody listens there. */
  closedHost: string
  /** All of them, for GUILDHALL_PRIVATE_HOSTS. */
  hosts: string
  /** Forgets what the mocks were told and what they were sent. */
  reset(): void
  stop(): Promise<void>
}

export async function startUpstreams(): Promise<Upstreams> {
  const [google, openai, anthropic, silent, closed] = await Promise.all([
    startMock(),
    startMock(),
    startMock(),
    listenSilently(),
    listenSilently(),
  ])
  await closed.stop()
  const all = [google, openai, anthropic]
  return {
    mocks: { google, openai, anthropic },
    silentHost: silent.host,
    closedHost: closed.host,
    hosts: [...all.map(hostOf), silent.host, closed.host].join(','),
    reset() {
      for (const mock of all) {
        mock.clearFixtures()
        mock.clearRequests()
      }
    },
    async stop() {
      await Promise.all([...all.map((mock) => mock.stop()), silent.stop()])
    },
  }
}

const startMock = () => LLMock.create({ port: 0 })
const hostOf = (mock: LLMock) => new URL(mock.url).host

async function listenSilently(): Promise<{ host: string; stop(): Promise<void> }> {
  const sockets = new Set<{ destroy(): void }>()
  const listener = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const address = listener.address()
  if (address === null || typeof address === 'string') throw new Error('not listening')
  return {
    host: `127.0.0.1:${String(address.port)}`,
    stop: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => listener.close(() => resolve()))
    },
  }
}

/** The official client with the agency's key, for one of its clients. */
export function openAiClient(server: RunningServer, slug: string, apiKey = server.apiKey): OpenAI {
  const defaultHeaders = { 'x-guildhall-client': slug }
  return new OpenAI({ baseURL: `${server.url}/v1`, apiKey, maxRetries: 0, defaultHeaders })
}

/**
 * A new client of the agency whose chain is these upstreams (a mock, or `host:port`), in the order google, openai, anthropic.
 */
export async function takeOn(
  server: RunningServer,
  slug: string,
  upstreams: Partial<Record<Upstream, LLMock | string>>,
): Promise<OpenAI> {
  await expectOk(server.request('/api/clients', { method: 'POST', body: JSON.stringify({ name: slug, slug }) }))
  for (const [kind, upstream] of Object.entries(upstreams)) {
    const host = typeof upstream === 'string' ? upstream : hostOf(upstream)
    const body = {
      apiKey: `sk-${kind}-1234`,
      baseUrl: `http://${host}/${kind === 'google' ? 'v1beta' : 'v1'}`,
      models: [models[upstreamOf(kind)]],
    }
    const init = { method: 'PUT', client: slug, body: JSON.stringify(body) }
    await expectOk(server.request(`/api/providers/${kind}`, init))
  }
  return openAiClient(server, slug)
}

function upstreamOf(name: string): Upstream {
  if (name === 'google' || name === 'openai' || name === 'anthropic') return name
  throw new Error(`${name} is no upstream`)
}

async function expectOk(answer: Promise<Response>): Promise<void> {
  const response = await answer
  if (!response.ok) throw new Error(`${response.url}: ${String(response.status)} ${await response.text()}`)
}

/** A run as the REST API shows it. */
export interface ShownRun {
  run: { status: string; provider: string; model: string; fallbackReason: string | null; costMicros: number }
  steps: { attempts: { provider: string; outcome: string; reason: string | null }[] }[]
}

/** The run that an answer of `/v1` names in its headers. It is written after the answer has gone out: waits for its end. */
export async function runOf(server: RunningServer, slug: string, headers: Headers): Promise<ShownRun> {
  const path = `/api/runs/${headers.get('x-guildhall-run') ?? ''}`
  for (let tries = 0; ; tries++) {
    const response = await server.request(path, { client: slug })
    const shown = response.ok ? await json<ShownRun>(response) : null
    if (shown && shown.run.status !== 'running') return shown
    if (tries === 200) throw new Error(`${path}: ${String(response.status)} after 10 s`)
    await setTimeout(50)
  }
}

/** Matches every question. */
export const anything = /[\s\S]*/

/** A mock's answer, with tokens under the names of each of the three protocols. */
export function says(content: string) {
  const usage = {
    input_tokens: 1000,
    output_tokens: 100,
    total_tokens: 1100,
    prompt_tokens: 1000,
    completion_tokens: 100,
    promptTokenCount: 1000,
    candidatesTokenCount: 100,
    totalTokenCount: 1100,
  }
  return { content, usage }
}

/** @param retryAfter seconds */
export function failing(status: number, retryAfter?: number) {
  const error = { message: `status ${String(status)}`, type: 'test' }
  return { error, status, ...(retryAfter === undefined ? {} : { retryAfter }) }
}
