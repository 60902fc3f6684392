import pg from 'pg'
import { createConnections, directConnection, type Connection, type Database } from './connection.ts'
import { isId } from './ids.ts'

export type { Database } from './connection.ts'

export interface DatabaseOptions {
  /** Connection of the application; may go through a pooler in transaction mode. */
  url: string
  poolSize: number
  /** Role to take on in each transaction when the login role is more than the application role. */
  setRole: 'gh_app' | null
  /**
   * A pooler in transaction mode stands between: connections change under our feet, so nothing is kept on them (no
   * prepared statements) and nothing is sent ahead of an answer.
   */
  pooled: boolean
  /** Told about errors of idle connections, which have no caller. */
  onIdleError(error: Error): void
}

export interface Scope {
  tenantId: string | null
  /** Signed-in user, for the rows that a person may see before a tenant is known (own memberships). */
  userId?: string | null
  /** Hash of the presented API key: its row is visible to whoever can present it. */
  keyHash?: string | null
  readable?: readonly string[]
  readOnly?: boolean
}

/** The application's database: every statement runs in a transaction that says for whom. */
export interface TenantDatabase {
  /**
   * Runs `work` in one transaction with the scope set; rolls back when it throws.
   * @param last a statement on which nothing waits but the commit; both are sent together, and both must succeed
   */
  within<T>(
    scope: Scope,
    work: (db: Database) => Promise<T>,
    last?: (db: Database, result: T) => Promise<unknown> | null,
  ): Promise<T>
  /** As the worker role, which sees only the job queue of all tenants. */
  asWorker<T>(work: (db: Database) => Promise<T>): Promise<T>
  /** Milliseconds of an empty round trip. */
  ping(): Promise<number>
  close(): Promise<void>
}

const plain = /^[A-Za-z0-9_:.-]*$/

/** Settings go into one simple-protocol message with BEGIN: one round trip instead of three. Values are checked, then quoted. */
function setting(name: string, value: string): string {
  if (!plain.test(value.replaceAll(',', ''))) throw new Error(`Value of ${name} holds characters that are not allowed`)
  return `set_config('${name}', '${value}', true)`
}

interface TransactionWay<T> {
  /**
   * Statements follow BEGIN without waiting for its answer. Were it refused, they would run with no tenant set, and the
   * database shows and takes nothing. Not for a login that is more than the application role.
   */
  sendAhead: boolean
  /** Nothing can be lost by a COMMIT that fails, so nobody waits for it. */
  readOnly: boolean
  last?: ((db: Database, result: T) => Promise<unknown> | null) | undefined
}

/** With a role of its own the application role's limits come with the login; taken on by SET ROLE they do not. */
const limits = `set local statement_timeout = '60s';set local idle_in_transaction_session_timeout = '30s';`

function begin(scope: Scope, role: string | null): string {
  const readable = scope.readable ?? []
  for (const id of [scope.tenantId, ...readable])
    if (id !== null && !isId(id)) throw new Error(`Tenant ${id} is not a UUID`)
  const settings = [
    setting('app.tenant', scope.tenantId ?? ''),
    setting('app.user', scope.userId ?? ''),
    setting('app.key', scope.keyHash ?? ''),
    setting('app.readable', readable.join(',')),
  ]
  return `begin${scope.readOnly ? ' read only' : ''};${role ? `set local role ${role};${limits}` : ''}select ${settings.join(',')}`
}

export function openDatabase(options: DatabaseOptions): TenantDatabase {
  const direct = !options.pooled
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.poolSize,
    connectionTimeoutMillis: 15_000,
    allowExitOnIdle: false,
    ...(direct ? directConnection : {}),
  })
  pool.on('error', (error) => options.onIdleError(error))
  const connectionOf = createConnections(direct)

  async function transaction<T>(
    start: string,
    work: (db: Database) => Promise<T>,
    { sendAhead, readOnly, last }: TransactionWay<T>,
  ): Promise<T> {
    const client = await pool.connect()
    let broken: Error | undefined
    let begun: Promise<unknown> = Promise.resolve()
    const onError = (error: Error) => {
      broken = error
    }
    client.on('error', onError)
    const connection = connectionOf(client)
    try {
      begun = connection.query(start)
      if (sendAhead) begun.catch(() => undefined)
      else await begun
      const result = await work(connection.database)
      // Answered before anything that was sent after it.
      await begun
      const sent = connection.sent()
      const ending = last?.(connection.database, result)
      if (ending) await isOnItsWay(connection, sent, ending)
      const committed = connection.query('commit')
      if (readOnly && direct) committed.catch(onError)
      else {
        // A statement failed and somebody went on as if it had not: the database has thrown everything away.
        const [{ command }] = await Promise.all([committed, ending])
        if (command !== 'COMMIT') throw new Error('The transaction was rolled back by an error')
      }
      return result
    } catch (error) {
      try {
        await connection.query('rollback')
      } catch (rollbackError) {
        broken ??= rollbackError instanceof Error ? rollbackError : new Error(String(rollbackError))
      }
      // When BEGIN was refused, what followed only says that it was refused.
      await begun
      throw error
    } finally {
      client.removeListener('error', onError)
      client.release(broken)
    }
  }

  /** What is sent before COMMIT is in the transaction; a statement that takes its time to be sent is waited for. */
  async function isOnItsWay(connection: Connection, before: number, statement: Promise<unknown>): Promise<void> {
    statement.catch(() => undefined)
    if (direct) await new Promise<void>((resolve) => process.nextTick(resolve))
    if (connection.sent() === before) await statement
  }

  return {
    within: (scope, work, last) =>
      transaction(begin(scope, options.setRole), work, {
        sendAhead: direct && options.setRole === null,
        readOnly: scope.readOnly ?? false,
        last,
      }),
    asWorker: (work) => transaction('begin;set local role gh_worker', work, { sendAhead: false, readOnly: false }),
    async ping() {
      const started = performance.now()
      await pool.query('select 1')
      return performance.now() - started
    },
    close: () => pool.end(),
  }
}
