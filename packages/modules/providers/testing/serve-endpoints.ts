import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { asProblem, authorize, type Caller, type Runtime } from '@guildhall/kernel'

/** The endpoints of a runtime over HTTP for one caller: the least that an official client needs. */
export async function serveEndpoints(
  runtime: Runtime,
  caller: () => Caller,
): Promise<{ url: string; stop(): Promise<void> }> {
  const server = createServer((incoming, outgoing) => {
    const gone = new AbortController()
    outgoing.on('close', () => {
      if (!outgoing.writableFinished) gone.abort(new Error('the client went away'))
    })
    const respond = async (): Promise<Response> => {
      const endpoint = runtime.catalogue.endpoints.find(
        ({ route }) => route === `${incoming.method} ${incoming.url?.split('?')[0]}`,
      )
      if (!endpoint) return new Response('no such route', { status: 404 })
      try {
        authorize(endpoint, caller())
        const body = incoming.method === 'GET' ? null : Buffer.concat(await Array.fromAsync(incoming))
        const request = new Request(`http://${incoming.headers.host}${incoming.url}`, {
          method: incoming.method ?? 'GET',
          body: body === null ? null : new Uint8Array(body),
        })
        return await endpoint.run(request, runtime.context(caller(), { signal: gone.signal }), {})
      } catch (error) {
        return endpoint.renderProblem?.(asProblem(error), 'request-1') ?? new Response(null, { status: 500 })
      }
    }
    void respond().then((response) => {
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
