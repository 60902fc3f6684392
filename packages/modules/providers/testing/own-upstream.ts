import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What an upstream does that the mock library does not: written by the test, byte by byte. */
export interface OwnUpstream {
  /** `127.0.0.1:port`, for GUILDHALL_PRIVATE_HOSTS. */
  host: string
  /** Base URL of an OpenAI-compatible server. */
  url: string
  /** Called for each request from now on. */
  answer: (request: IncomingMessage, response: ServerResponse, body: string) => void
  requests: { url: string; headers: IncomingMessage['headers']; body: string }[]
  /** Requests whose client went away before the end. */
  aborted: number
  stop(): Promise<void>
}

export async function startOwnUpstream(): Promise<OwnUpstream> {
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      upstream.requests.push({ url: request.url ?? '', headers: request.headers, body })
      upstream.answer(request, response, body)
    })
    response.on('close', () => {
      if (!response.writableFinished) upstream.aborted++
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const host = `127.0.0.1:${port}`
  const upstream: OwnUpstream = {
    host,
    url: `http://${host}/v1`,
    answer: (_request, response) => void response.writeHead(500).end(),
    requests: [],
    aborted: 0,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return upstream
}

function chunk(delta: Record<string, unknown>, finish: string | null = null): string {
  const choices = [{ index: 0, delta, finish_reason: finish }]
  return `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices })}\n\n`
}

/** Server-sent events of a chat completion in words; the finish and `[DONE]` only when asked for. */
export function chatChunks(words: readonly string[], end?: { finish?: string; done?: boolean }): string[] {
  return [
    chunk({ role: 'assistant', content: '' }),
    ...words.map((content) => chunk({ content })),
    ...(end?.finish ? [chunk({}, end.finish)] : []),
    ...(end?.done ? ['data: [DONE]\n\n'] : []),
  ]
}

/** Sends events with a pause between them, then ends, cuts, or stays silent. */
export async function sendEvents(
  response: ServerResponse,
  events: readonly string[],
  then: 'end' | 'cut' | 'silence',
  pauseMs = 5,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  for (const event of events) {
    response.write(event)
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
  if (then === 'end') response.end()
  if (then === 'cut') response.destroy()
}
