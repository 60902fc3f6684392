import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A server that hands everything on to another one and remembers what it was sent, byte by byte. */
export interface Tap {
  host: string
  /** Body of the last request. */
  lastBody(): string
  stop(): Promise<void>
}

export async function startTap(url: string): Promise<Tap> {
  const behind = new URL(url)
  let last = ''
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const body = Buffer.concat(chunks)
      last = body.toString()
      const onward = request(
        {
          host: behind.hostname,
          port: behind.port,
          path: incoming.url ?? '/',
          method: incoming.method ?? 'GET',
          headers: { ...incoming.headers, host: behind.host },
        },
        (answer) => {
          outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
          answer.on('data', (chunk: Buffer) => outgoing.write(chunk))
          answer.on('end', () => outgoing.end())
          // What breaks behind breaks in front.
          answer.on('error', () => outgoing.destroy())
        },
      )
      onward.on('error', () => outgoing.destroy())
      onward.end(body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    host: `127.0.0.1:${String(port)}`,
    lastBody: () => last,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
