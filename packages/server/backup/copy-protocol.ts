import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import type { Client, Connection, Submittable } from 'pg'

// PostgreSQL's COPY over a node-postgres connection. The text that COPY gives out is the only form that every type of
// every extension reads back without loss. Protocol: PostgreSQL manual, "COPY Operations".

/** What pg's connection offers for COPY; @types/pg leaves it out. */
interface CopyConnection {
  stream: Duplex
  sendCopyFromChunk(chunk: Buffer): void
  endCopyFrom(): void
  sendCopyFail(reason: string): void
}

/** The calls that pg's client makes on whatever was submitted to it. */
interface CopyQuery extends Submittable {
  handleCopyInResponse(connection: CopyConnection): void
  handleCopyData(message: { chunk: Buffer }, connection: CopyConnection): void
  handleCommandComplete(message: { text: string }): void
  handleReadyForQuery(): void
  handleError(error: Error): void
}

const nothing = () => {}
const highWaterBytes = 1024 * 1024

/**
 * Runs `COPY ... TO STDOUT`, one buffer per row. The socket is paused while the consumer is busy, so memory stays flat.
 */
export async function* copyOut(client: Client, statement: string): AsyncGenerator<Buffer, void, void> {
  const queue: Buffer[] = []
  let queued = 0
  let socket: Duplex | undefined
  let failure: Error | undefined
  let finished = false
  let abandoned = false
  let wake = nothing
  const query: CopyQuery = {
    submit: (connection: Connection) => connection.query(statement),
    handleCopyInResponse: (connection) => connection.sendCopyFail('COPY TO was expected'),
    handleCopyData({ chunk }, connection) {
      if (abandoned) return
      socket = connection.stream
      // pg reuses its buffer for the next message.
      queue.push(Buffer.from(chunk))
      queued += chunk.length
      if (queued > highWaterBytes) socket.pause()
      wake()
    },
    handleCommandComplete: () => {},
    handleReadyForQuery() {
      finished = true
      wake()
    },
    handleError(error) {
      failure = error
      wake()
    },
  }
  client.query(query)
  try {
    for (;;) {
      for (let row = queue.shift(); row; row = queue.shift()) {
        queued -= row.length
        yield row
      }
      if (failure) throw failure
      if (finished) return
      if (socket?.isPaused()) socket.resume()
      await new Promise<void>((resolve) => (wake = resolve))
    }
  } finally {
    abandoned = true
    if (socket?.isPaused()) socket.resume()
  }
}

/** An open `COPY ... FROM STDIN`. */
export interface CopyIn {
  /** Sends data, in chunks of any size; waits while the server is busy. */
  write(chunk: Buffer): Promise<void>
  /** @returns the number of rows that the server took. */
  end(): Promise<number>
  /** Gives up: the server takes none of the rows, and the connection can be used again. */
  fail(): Promise<void>
}

export async function copyIn(client: Client, statement: string): Promise<CopyIn> {
  const opened = Promise.withResolvers<CopyConnection>()
  const failed = Promise.withResolvers<never>()
  const completed = Promise.withResolvers<number>()
  let rows = 0
  const query: CopyQuery = {
    submit: (connection: Connection) => connection.query(statement),
    handleCopyInResponse: (connection) => opened.resolve(connection),
    handleCopyData: () => {},
    handleCommandComplete({ text }) {
      rows = Number(/^COPY (\d+)$/.exec(text)?.[1])
    },
    handleReadyForQuery: () => completed.resolve(rows),
    handleError(error) {
      failed.reject(error)
      opened.reject(error)
      completed.reject(error)
    },
  }
  // Each is awaited somewhere below, but not all of them on every path.
  for (const { promise } of [opened, failed, completed] as { promise: Promise<unknown> }[]) promise.catch(() => {})
  client.query(query)
  const connection = await opened.promise
  return {
    async write(chunk) {
      connection.sendCopyFromChunk(chunk)
      if (connection.stream.writableNeedDrain) await Promise.race([once(connection.stream, 'drain'), failed.promise])
    },
    end() {
      connection.endCopyFrom()
      return completed.promise
    },
    async fail() {
      connection.sendCopyFail('given up')
      await completed.promise.catch(() => {})
    },
  }
}
