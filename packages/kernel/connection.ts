import { createHash } from 'node:crypto'
import { Socket } from 'node:net'
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres'
import type { PoolClient, PoolConfig, QueryConfig, QueryResult } from 'pg'

/** Drizzle over one connection, inside a transaction. */
export type Database = NodePgDatabase

/**
 * Writes of one turn of the event loop leave as one packet. A transaction's BEGIN travels with its first statement, a
 * COMMIT with the next BEGIN: each packet saved is a system call here and a wake-up of the database there, which for
 * small statements cost more than the statements.
 */
function gatheringSocket(): Socket {
  const socket = new Socket()
  const write = socket.write.bind(socket) as (...given: unknown[]) => boolean
  let gathering = false
  const gather = (...given: unknown[]) => {
    if (!gathering) {
      gathering = true
      socket.cork()
      process.nextTick(() => {
        gathering = false
        socket.uncork()
      })
    }
    return write(...given)
  }
  socket.write = gather
  return socket
}

/** How the pool opens connections to a database that nothing stands in front of. */
export const directConnection: PoolConfig = { pipeline: true, stream: () => gatheringSocket() }

/** A statement is prepared once it has run so often: what runs rarely is not worth the database's memory. */
const preparedAfter = 5
/** Prepared statements of a connection at most; the plans live in the memory of its database process. */
const maxPrepared = 96
/** More parameters mean lists and bulk inserts, whose text hardly ever comes again. */
const maxParameters = 40

/** Names for statements that keep coming, so that the database parses and plans them once per connection. */
export function createStatementNames(): (text: string) => string | undefined {
  const runs = new Map<string, number>()
  const names = new Map<string, string>()
  return (text) => {
    const name = names.get(text)
    if (name !== undefined || names.size >= maxPrepared) return name
    const count = (runs.get(text) ?? 0) + 1
    if (count < preparedAfter) {
      if (runs.size > 2000) runs.clear()
      runs.set(text, count)
      return undefined
    }
    runs.delete(text)
    const given = createHash('sha256').update(text).digest('base64url').slice(0, 22)
    names.set(text, given)
    return given
  }
}

/** One connection of the pool as a transaction uses it. */
export interface Connection {
  query(text: string): Promise<QueryResult>
  database: Database
  /** Statements sent so far. */
  sent(): number
}

type Run = (config: string | QueryConfig, values?: unknown[]) => Promise<QueryResult>

/** Made once per client of the pool. Direct: statements leave at once and are prepared; behind a pooler: one after the other. */
export function createConnections(direct: boolean): (client: PoolClient) => Connection {
  const made = new WeakMap<PoolClient, Connection>()
  const nameOf = createStatementNames()
  return (client) => {
    let connection = made.get(client)
    if (!connection) {
      const send = client.query.bind(client) as Run
      let sent = 0
      const counting: Run = (config, values) => {
        sent++
        return send(config, values)
      }
      const run = direct ? preparing(counting, nameOf) : inTurn(counting)
      const seen = Object.create(client, { query: { value: run } }) as PoolClient
      connection = { query: (text) => run(text), database: drizzle(seen), sent: () => sent }
      made.set(client, connection)
    }
    return connection
  }
}

function preparing(send: Run, nameOf: (text: string) => string | undefined): Run {
  return (config, values) => {
    if (typeof config === 'string' || !values || values.length === 0 || values.length > maxParameters)
      return send(config, values)
    const name = nameOf(config.text)
    return send(name === undefined ? config : { ...config, name }, values)
  }
}

function inTurn(send: Run): Run {
  let last: Promise<unknown> = Promise.resolve()
  return (config, values) => {
    const mine = last.then(() => send(config, values))
    last = mine.catch(() => undefined)
    return mine
  }
}
