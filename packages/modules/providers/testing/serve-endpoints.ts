import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { asProblem, authorize, type Caller, type RawExchange, type Runtime } from '@guildhall/kernel'

/** Where the endpoints of a runtime can be called. */
export interface ServedEndpoints {
  url: string
  stop(): Promise<void>
}

/**
 * The endpoints of a runtime over HTTP for one caller: the least that an official client needs.
 * @param passes whether bytes pass where they can, as they do in the product; default: all is translated
 */
export async function serveEndpoints(
  runtime: Runtime,
  caller: () => Caller,
  { passes = false }: { passes?: boolean } = {},
): Promise<ServedEndpoints> {
  const server = createServer((incoming, outgoing) => {
    const gone = new AbortController()
    outgoing.on('close', () => {
      if (!outgoing.writableFinished) gone.abort(new Error('the client went away'))
    })
    /** Null = it has been answered on the connection itself. */
    const respond = async (): Promise<Response | null> => {
      const endpoint = runtime.catalogue.endpoints.find(
        ({ route }) => route === `${incoming.method} ${incoming.url?.split('?')[0]}`,
      )
      if (!endpoint) return new Response('no such route', { status: 404 })
      try {
        authorize(endpoint, caller())
        const body = incoming.method === 'GET' ? null : Buffer.concat(await Array.fromAsync(incoming))
        const ctx = runtime.context(caller(), { signal: gone.signal })
        const headers = new Headers(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]))
        const exchange: RawExchange = {
          headers,
          body: body ?? Buffer.alloc(0),
          receivedMs: performance.now(),
          response: outgoing,
          start: (status, more) => void outgoing.writeHead(status, more),
        }
        if (passes && (await endpoint.raw?.(exchange, ctx))) return null
        const request = new Request(`http://${incoming.headers.host}${incoming.url}`, {
          method: incoming.method ?? 'GET',
          body: body === null ? null : new Uint8Array(body),
          headers,
        })
        return await endpoint.run(request, ctx, {})
      } catch (error) {
        return endpoint.renderProblem?.(asProblem(error), 'request-1') ?? new Response(null, { status: 500 })
      }
    }
    void respond().then((response) => {
      if (!response) return undefined
      if (outgoing.headersSent) return outgoing.destroy()
      outgoing.writeHead(response.status, Object.fromEntries(response.headers))
      if (!response.body) return outgoing.end()
      const body = Readable.from(response.body)
      outgoing.on('close', () => body.destroy())
      body.on('error', () => outgoing.destroy())
      return body.pipe(outgoing)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
