import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Pool } from 'undici'

/** The least that a gateway in Node can be: bytes in, bytes out, nothing looked at. What stands above it is the cost of being one. */
const pool = new Pool(process.argv[2] ?? '', { connections: 64 })
const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    pool
      .request({
        method: 'POST',
        path: '/v1/chat/completions',
        headers: { 'content-type': 'application/json' },
        body: Buffer.concat(chunks),
      })
      .then(({ statusCode, headers, body }) => {
        response.writeHead(statusCode, { 'content-type': String(headers['content-type']) })
        body.pipe(response)
      })
      .catch((error: unknown) => response.writeHead(502).end(String(error)))
  })
})
server.listen(0, '127.0.0.1', () => console.log(`port ${String((server.address() as AddressInfo).port)}`))
