import { connect, type Socket } from 'node:net'

export interface LoadOptions {
  url: string
  headers: Record<string, string>
  /** The body of the n-th call. */
  body(n: number): string
  concurrency: number
  /** Ends after so many milliseconds, or so many calls. */
  ms: number
  calls?: number
}

export interface LoadResult {
  calls: number
  failed: number
  rps: number
  /** Milliseconds to the end of the answer. */
  p50: number
  p99: number
  /** Milliseconds to the first byte of the body. */
  firstP50: number
  firstP99: number
}

/**
 * Calls over kept connections, each waiting for its answer before the next: as little work for the client as can be,
 * since it shares the machine with what is measured.
 */
export async function load(options: LoadOptions): Promise<LoadResult> {
  const url = new URL(options.url)
  const fixed = [
    `POST ${url.pathname} HTTP/1.1`,
    `host: ${url.host}`,
    'content-type: application/json',
    ...Object.entries(options.headers).map(([name, value]) => `${name}: ${value}`),
  ].join('\r\n')
  const total: number[] = []
  const first: number[] = []
  let failed = 0
  let started = 0
  const begin = performance.now()
  const goesOn = () => performance.now() - begin < options.ms && started < (options.calls ?? Infinity)

  async function caller(): Promise<void> {
    const socket = await open(url)
    while (goesOn()) {
      const body = options.body(started++)
      const sent = performance.now()
      const answer = await ask(socket, `${fixed}\r\ncontent-length: ${String(Buffer.byteLength(body))}\r\n\r\n${body}`)
      const ended = performance.now()
      if (answer.status !== 200) failed++
      total.push(ended - sent)
      first.push(answer.firstAt - sent)
    }
    socket.destroy()
  }
  await Promise.all(Array.from({ length: options.concurrency }, caller))
  const seconds = (performance.now() - begin) / 1000
  const at = (values: number[], share: number) =>
    values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN
  return {
    calls: total.length,
    failed,
    rps: total.length / seconds,
    p50: at(total, 0.5),
    p99: at(total, 0.99),
    firstP50: at(first, 0.5),
    firstP99: at(first, 0.99),
  }
}

function open(url: URL): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(url.port), url.hostname, () => resolve(socket))
    socket.setNoDelay(true)
    socket.once('error', reject)
  })
}

const endOfHead = Buffer.from('\r\n\r\n')
const endOfChunks = Buffer.from('\r\n0\r\n\r\n')

function ask(socket: Socket, request: string): Promise<{ status: number; firstAt: number }> {
  return new Promise((resolve, reject) => {
    let status = 0
    let firstAt = 0
    /** Bytes of the body that are still to come; null = chunked. */
    let left: number | null = 0
    let bytes: Buffer = Buffer.alloc(0)
    const finish = () => {
      socket.off('data', onData).off('close', onClose)
      resolve({ status, firstAt })
    }
    const onClose = () => reject(new Error('the connection was closed in the middle of an answer'))
    const onBody = (part: Buffer) => {
      if (part.length === 0) return
      if (firstAt === 0) firstAt = performance.now()
      if (left !== null) {
        left -= part.length
        if (left <= 0) finish()
        return
      }
      // The closing mark may be cut by the end of a packet.
      bytes = Buffer.concat([bytes.subarray(-endOfChunks.length), part])
      if (bytes.indexOf(endOfChunks) >= 0) finish()
    }
    const onData = (part: Buffer) => {
      if (status !== 0) return onBody(part)
      bytes = bytes.length === 0 ? part : Buffer.concat([bytes, part])
      const end = bytes.indexOf(endOfHead)
      if (end < 0) return
      const head = bytes.toString('latin1', 0, end)
      status = Number(head.slice(9, 12))
      const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1]
      left = length === undefined ? null : Number(length)
      const body = bytes.subarray(end + endOfHead.length)
      bytes = Buffer.from('\r\n')
      if (left === 0) finish()
      else onBody(body)
    }
    socket.on('data', onData).once('close', onClose)
    socket.write(request)
  })
}
