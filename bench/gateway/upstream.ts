import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * The fastest upstream there is: a plain server in a process of its own that answers every chat completion with the
 * same bytes, whole (about 1 KB) or as twenty pieces. Prints its port; `GET /count` says how many it has answered.
 */
const usage = { prompt_tokens: 120, completion_tokens: 40, total_tokens: 160 }
const words = Array.from({ length: 20 }, (_, at) => `word${String(at)} and some more text to fill a token. `)
const head = { id: 'chatcmpl-bench', created: 1_760_000_000, model: 'bench-model' }
const whole = Buffer.from(
  JSON.stringify({
    ...head,
    object: 'chat.completion',
    choices: [{ index: 0, message: { role: 'assistant', content: words.join('') }, finish_reason: 'stop' }],
    usage,
  }),
)
const event = (choices: unknown[], more: object = {}) =>
  Buffer.from(`data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices, ...more })}\n\n`)
const delta = (said: object, finish: string | null = null) => event([{ index: 0, delta: said, finish_reason: finish }])
const first = delta({ role: 'assistant', content: words[0] })
const rest = words.slice(1).map((content) => delta({ content }))
const last = delta({}, 'stop')
const counted = event([], { usage })
const done = Buffer.from('data: [DONE]\n\n')

let answered = 0
const server = createServer((request, response) => {
  if (request.url === '/count') return void response.end(String(answered))
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    answered++
    const body = Buffer.concat(chunks)
    if (!body.includes('"stream":true')) {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': whole.length })
      response.end(whole)
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(first)
    // A turn of the loop later, so that the first piece travels alone as it does in earnest.
    setImmediate(() => {
      for (const piece of rest) response.write(piece)
      response.write(last)
      if (body.includes('"include_usage":true')) response.write(counted)
      response.end(done)
    })
  })
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => console.log(`port ${String((server.address() as AddressInfo).port)}`))
