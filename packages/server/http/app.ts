import { asProblem, isId, newId, Problem, readAddressList, type Runtime } from '@guildhall/kernel'
import { clientAddressHeader } from '@guildhall/modules/identity'
import { getConnInfo } from '@hono/node-server/conninfo'
import { Hono } from 'hono'
import { secureHeaders } from 'hono/secure-headers'
import { clientAddress } from './client-address.ts'
import { mountConsole } from './console.ts'
import { mountEndpoints, problemResponse } from './endpoints.ts'
import type { HttpEnvironment } from './environment.ts'
import { mountMcp } from './mcp.ts'
import { openApiDocument } from './openapi.ts'
import { mountRest } from './rest.ts'

export interface HttpOptions {
  version: string
  /** Folder of the built console. */
  consoleDir: string
}

/** The whole HTTP surface. Transports only translate; who may do what is the kernel's to say. */
export function createHttpApp(runtime: Runtime, options: HttpOptions): Hono<HttpEnvironment> {
  const app = new Hono<HttpEnvironment>()
  const proxies = readAddressList(runtime.config.GUILDHALL_TRUSTED_PROXIES).list
  const https = runtime.config.publicUrl.startsWith('https:')

  app.use(async (c, next) => {
    const given = c.req.header('x-request-id')
    const requestId = given && isId(given) ? given : newId()
    c.set('requestId', requestId)
    c.set('clientAddress', clientAddress(peerOf(c), c.req.header('x-forwarded-for'), proxies))
    // Whatever the client sent under this name is overwritten.
    c.req.raw.headers.set(clientAddressHeader, c.get('clientAddress'))
    await next()
    c.header('x-request-id', requestId)
  })
  app.use(
    secureHeaders({
      strictTransportSecurity: https ? 'max-age=31536000' : false,
      xFrameOptions: 'DENY',
      referrerPolicy: 'same-origin',
      crossOriginEmbedderPolicy: false,
    }),
  )
  app.onError((error, c) => {
    const requestId = c.get('requestId') ?? newId()
    const problem = asProblem(error)
    if (problem.status >= 500)
      runtime.log.error({ err: problem.cause ?? error, requestId, path: c.req.path }, problem.message)
    else runtime.log.debug({ requestId, path: c.req.path, status: problem.status }, problem.message)
    return problemResponse(problem, requestId)
  })

  app.get('/openapi.json', (c) => {
    document ??= JSON.stringify(
      openApiDocument(runtime.catalogue, { version: options.version, url: runtime.config.publicUrl }),
    )
    return c.body(document, 200, { 'content-type': 'application/json', 'cache-control': 'no-cache' })
  })
  let document: string | undefined
  mountMcp(app, runtime, options.version)
  mountEndpoints(app, runtime)
  mountRest(app, runtime)
  app.all('/api/*', (c) => {
    throw noSuchRoute(c.req.method, c.req.path)
  })
  const openAi = runtime.catalogue.endpoints.find(({ route }) => route.includes(' /v1/'))
  app.all('/v1/*', (c) => {
    const problem = noSuchRoute(c.req.method, c.req.path)
    // In the dialect of its neighbours: the clients of this protocol read no other.
    return openAi?.renderProblem?.(problem, c.get('requestId')) ?? problemResponse(problem, c.get('requestId'))
  })
  mountConsole(app, options.consoleDir)
  return app
}

function noSuchRoute(method: string, path: string): Problem {
  return new Problem({
    status: 404,
    type: 'no-such-route',
    title: 'No such route',
    detail: `${method} ${path} does not exist. /openapi.json lists what does.`,
  })
}

function peerOf(c: Parameters<typeof getConnInfo>[0]): string {
  try {
    return getConnInfo(c).remote.address ?? 'unknown'
  } catch {
    // A request that did not come over a socket (tests call the app directly).
    return 'unknown'
  }
}
