import { asProblem, authorize, problemDocument, type Endpoint, type Problem, type Runtime } from '@guildhall/kernel'
import type { Context, Hono } from 'hono'
import { readBody, refuseDeepNesting } from './body.ts'
import { callerOf } from './caller.ts'
import type { HttpEnvironment } from './environment.ts'

export const defaultMaxBody = 1024 * 1024

/** Serves uploads, downloads, streams and foreign protocols: who may call is checked here, the rest is theirs. */
export function mountEndpoints(app: Hono<HttpEnvironment>, runtime: Runtime): void {
  for (const endpoint of runtime.catalogue.endpoints) {
    const [method = 'GET', path = '/'] = endpoint.route.split(' ')
    const pattern = path.replaceAll(/\{(\w+)\.\.\.\}/g, ':$1{.+}').replaceAll(/\{(\w+)\}/g, ':$1')
    app.on(method, pattern, (c) => serve(c, runtime, endpoint))
    if (endpoint.cors) app.options(pattern, preflight)
  }
}

/** For any page: no cookie is taken, so a page can do no more than the key that it holds. */
export const crossOrigin = { 'access-control-allow-origin': '*', 'access-control-expose-headers': '*' }

/** Official clients send headers of their own in number; a page may send what it asks for. */
function preflight(c: Context<HttpEnvironment>): Response {
  return new Response(null, {
    status: 204,
    headers: {
      ...crossOrigin,
      'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
      'access-control-allow-headers': c.req.header('access-control-request-headers') ?? '',
      'access-control-max-age': '86400',
      vary: 'access-control-request-headers',
    },
  })
}

function withCrossOrigin(response: Response, endpoint: Endpoint): Response {
  if (endpoint.cors) for (const [name, value] of Object.entries(crossOrigin)) response.headers.set(name, value)
  return response
}

async function serve(c: Context<HttpEnvironment>, runtime: Runtime, endpoint: Endpoint): Promise<Response> {
  const requestId = c.get('requestId')
  try {
    const caller = await callerOf(c, runtime)
    authorize(endpoint, caller)
    const context = runtime.context(caller, {
      requestId,
      signal: AbortSignal.any([c.req.raw.signal, runtime.shutdown]),
    })
    return withCrossOrigin(await endpoint.run(await limited(c, endpoint), context, c.req.param()), endpoint)
  } catch (error) {
    const problem = asProblem(error)
    if (problem.status >= 500)
      runtime.log.error({ err: problem.cause ?? error, requestId, endpoint: endpoint.name }, problem.message)
    return withCrossOrigin(
      endpoint.renderProblem?.(problem, requestId) ?? problemResponse(problem, requestId),
      endpoint,
    )
  }
}

/** A request whose body has been read within the limit; the stream itself when the endpoint counts. */
async function limited(c: Context<HttpEnvironment>, endpoint: Endpoint): Promise<Request> {
  const request = c.req.raw
  if (endpoint.maxBody === null || request.body === null) return request
  const body = await readBody(request, endpoint.maxBody ?? defaultMaxBody)
  // One byte is one character: the signs of JSON are all ASCII.
  if (endpoint.request?.contentType === 'application/json') refuseDeepNesting(body.toString('latin1'))
  return new Request(request.url, {
    method: request.method,
    headers: request.headers,
    body: new Uint8Array(body),
    signal: request.signal,
  })
}

export function problemResponse(problem: Problem, requestId: string): Response {
  return Response.json(problemDocument(problem, requestId), {
    status: problem.status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...problem.headers },
  })
}
