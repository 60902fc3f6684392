import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  asProblem,
  authorize,
  isId,
  newId,
  readAddressList,
  type Endpoint,
  type Problem,
  type RawExchange,
  type Runtime,
} from '@guildhall/kernel'
import { clientAddressHeader } from '@guildhall/modules/identity'
import { lingerMs, refuseDeepNesting, tooLarge } from './body.ts'
import { callerFrom } from './caller.ts'
import { clientAddress } from './client-address.ts'
import { crossOrigin, defaultMaxBody, problemResponse } from './endpoints.ts'

/** Takes a request, or leaves it to the application. */
export type RawListener = (request: IncomingMessage, response: ServerResponse) => boolean

/**
 * Serves the endpoints that answer on the connection itself. Who may call, limits and errors are as for all others;
 * what such an endpoint leaves to its `run` is answered from here too, since the body has been read.
 */
export function createRawListener(runtime: Runtime): RawListener {
  const endpoints = new Map(
    runtime.catalogue.endpoints.flatMap((endpoint) => (endpoint.raw ? [[endpoint.route as string, endpoint]] : [])),
  )
  const proxies = readAddressList(runtime.config.GUILDHALL_TRUSTED_PROXIES).list
  const https = runtime.config.publicUrl.startsWith('https:')
  const always = { ...standing, ...(https ? { 'strict-transport-security': 'max-age=31536000' } : {}) }
  const open = new Set<AbortController>()
  runtime.shutdown.addEventListener('abort', () => {
    for (const controller of open) controller.abort(runtime.shutdown.reason)
  })

  async function serve(request: IncomingMessage, response: ServerResponse, endpoint: Endpoint): Promise<void> {
    const receivedMs = performance.now()
    const given = request.headers['x-request-id']
    const requestId = typeof given === 'string' && isId(given) ? given : newId()
    const base = { ...always, ...(endpoint.cors ? crossOrigin : {}), 'x-request-id': requestId }
    const gone = new AbortController()
    open.add(gone)
    response.on('close', () => {
      open.delete(gone)
      if (!response.writableFinished) gone.abort(new DOMException('The caller went away', 'AbortError'))
    })
    try {
      const headers = headersOf(request)
      const address = clientAddress(
        request.socket.remoteAddress ?? 'unknown',
        headers.get('x-forwarded-for') ?? undefined,
        proxies,
      )
      headers.set(clientAddressHeader, address)
      const caller = await callerFrom({ headers, method: request.method ?? 'POST', address }, runtime)
      authorize(endpoint, caller)
      const ctx = runtime.context(caller, { requestId, signal: gone.signal })
      const body = await bodyOf(request, endpoint.maxBody ?? defaultMaxBody)
      refuseDeepNesting(body.toString('latin1'))
      const exchange: RawExchange = {
        headers,
        body,
        receivedMs,
        response,
        start: (status, more) => void response.writeHead(status, { ...base, ...more }),
      }
      if (await endpoint.raw?.(exchange, ctx)) return
      const url = new URL(request.url ?? '/', runtime.config.publicUrl)
      const rebuilt = new Request(url, { method: 'POST', headers, body: new Uint8Array(body), signal: gone.signal })
      await send(response, base, await endpoint.run(rebuilt, ctx, {}))
    } catch (error) {
      if (gone.signal.aborted && response.destroyed) return
      const problem = asProblem(error)
      if (problem.status >= 500)
        runtime.log.error({ err: problem.cause ?? error, requestId, endpoint: endpoint.name }, problem.message)
      if (response.headersSent) response.destroy()
      else {
        await throwAwayRest(request)
        await send(response, base, render(endpoint, problem, requestId))
      }
    }
  }

  return (request, response) => {
    const { url = '/', method = 'GET' } = request
    const end = url.indexOf('?')
    const endpoint = endpoints.get(`${method} ${end < 0 ? url : url.slice(0, end)}`)
    if (!endpoint) return false
    void serve(request, response, endpoint)
    return true
  }
}

/** The same that `secureHeaders` sets for the rest; a test compares. */
const standing = {
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-frame-options': 'DENY',
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
}

function render(endpoint: Endpoint, problem: Problem, requestId: string): Response {
  return endpoint.renderProblem?.(problem, requestId) ?? problemResponse(problem, requestId)
}

function headersOf(request: IncomingMessage): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value)
  return headers
}

/** @throws Problem 413 as soon as the limit is passed */
function bodyOf(request: IncomingMessage, limit: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > limit) return Promise.reject(tooLarge(limit))
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.byteLength
      if (size > limit) {
        request.removeAllListeners('data')
        request.resume()
        reject(tooLarge(limit))
      } else chunks.push(chunk)
    })
    request.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)))
    request.on('error', reject)
    request.on('aborted', () => reject(new DOMException('The caller went away', 'AbortError')))
  })
}

/** What is left of a refused body is thrown away for a while: a sender whose line is cut reads no answer. */
function throwAwayRest(request: IncomingMessage): Promise<void> {
  if (request.complete || request.destroyed) return Promise.resolve()
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, lingerMs)
    const done = () => {
      clearTimeout(timer)
      resolve()
    }
    request.once('end', done).once('close', done)
    request.resume()
  })
}

/** Writes an answer that was made as the platform's Response. */
async function send(response: ServerResponse, base: Record<string, string>, answer: Response): Promise<void> {
  response.writeHead(answer.status, { ...Object.fromEntries(answer.headers), ...base })
  if (answer.body) {
    const reader = answer.body.getReader()
    response.on('close', () => void reader.cancel().catch(() => undefined))
    for (let next = await reader.read(); !next.done; next = await reader.read())
      if (!response.write(next.value))
        await new Promise((resolve) => response.once('drain', resolve).once('close', resolve))
  }
  response.end()
}
