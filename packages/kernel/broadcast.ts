import pg from 'pg'

/** What a process tells the other processes of its installation; small and free of secrets. */
export interface Notice {
  topic: string
  /** At most a few hundred characters; what changed, not its content. */
  subject: string
}

/**
 * News between the processes of one installation, over the database they share. A notice arrives at every process,
 * the sender included, once the transaction that wrote it has committed. Notices are hints: who was not connected has
 * missed them, so whatever is remembered between requests is forgotten whenever `live` was false.
 */
export interface Broadcast {
  /** Whether notices of others arrive now. While false nothing that others may change can be remembered. */
  readonly live: boolean
  /** Counts the times the connection was lost: what was remembered under another number is void. */
  readonly epoch: number
  /** Tells all processes now, in a transaction of its own. With a change of rows use `ctx.notice` in its transaction. */
  publish(notice: Notice): Promise<void>
  /** Tells the receivers of this process, for whom a change they made themselves must hold at once. */
  receive(notice: Notice): void
  /** @returns what ends the subscription */
  subscribe(topic: string, receive: (subject: string) => void): () => void
  close(): Promise<void>
}

export interface BroadcastOptions {
  /** A direct connection: LISTEN means nothing behind a pooler in transaction mode. */
  url: string
  onError(error: Error): void
  /** First pause before the connection is made anew, in milliseconds; doubled up to 30 s. */
  reconnectMs?: number
}

const channel = 'guildhall'
const longest = 7_900

/** What travels on the channel. @throws Error when it is longer than PostgreSQL takes */
export function noticeText(notice: Notice): string {
  const text = JSON.stringify([notice.topic, notice.subject])
  if (Buffer.byteLength(text) > longest) throw new Error(`A notice of ${notice.topic} is longer than ${longest} bytes`)
  return text
}

export const noticeChannel = channel

/** Listens on a connection of its own, which is made anew when it breaks. */
export async function openBroadcast(options: BroadcastOptions): Promise<Broadcast> {
  const { receive, subscribe } = createReceivers()
  let client: pg.Client | null = null
  let epoch = 0
  let closed = false
  let pause = options.reconnectMs ?? 250
  let timer: NodeJS.Timeout | undefined

  async function connect(): Promise<void> {
    const next = new pg.Client({ connectionString: options.url, keepAlive: true, application_name: 'guildhall listen' })
    next.on('error', (error) => lost(next, error))
    next.on('end', () => lost(next, null))
    next.on('notification', ({ payload }) => deliver(payload))
    await next.connect()
    await next.query(`listen ${channel}`)
    if (closed) {
      await next.end()
      return
    }
    client = next
    pause = options.reconnectMs ?? 250
  }

  function lost(which: pg.Client, error: Error | null): void {
    if (error && !closed) options.onError(error)
    if (which !== client) return
    client = null
    epoch++
    retry()
  }

  function retry(): void {
    if (closed) return
    timer = setTimeout(() => {
      connect().catch((error: unknown) => {
        options.onError(error instanceof Error ? error : new Error(String(error)))
        pause = Math.min(pause * 2, 30_000)
        retry()
      })
    }, pause)
    timer.unref()
  }

  function deliver(payload: string | undefined): void {
    const notice = parse(payload)
    if (notice) receive(notice)
  }

  await connect()
  return {
    get live() {
      return client !== null
    },
    get epoch() {
      return epoch
    },
    async publish(notice) {
      const text = noticeText(notice)
      if (!client) throw new Error('The connection for notices is down')
      await client.query('select pg_notify($1, $2)', [channel, text])
    },
    receive,
    subscribe,
    async close() {
      closed = true
      clearTimeout(timer)
      const last = client
      client = null
      await last?.end()
    },
  }
}

/** For a process that is told nothing: it remembers nothing between requests. */
export function silentBroadcast(): Broadcast {
  const { receive, subscribe } = createReceivers()
  return {
    live: false,
    epoch: 0,
    publish: async (notice) => receive(notice),
    receive,
    subscribe,
    close: async () => {},
  }
}

function createReceivers(): Pick<Broadcast, 'receive' | 'subscribe'> {
  const receivers = new Map<string, Set<(subject: string) => void>>()
  return {
    receive({ topic, subject }) {
      for (const receiver of receivers.get(topic) ?? []) receiver(subject)
    },
    subscribe(topic, receiver) {
      const those = receivers.get(topic) ?? new Set()
      receivers.set(topic, those.add(receiver))
      return () => void those.delete(receiver)
    },
  }
}

function parse(payload: string | undefined): Notice | null {
  try {
    const read: unknown = JSON.parse(payload ?? '')
    if (Array.isArray(read) && typeof read[0] === 'string' && typeof read[1] === 'string')
      return { topic: read[0], subject: read[1] }
  } catch {
    // Somebody else's notice on our channel.
  }
  return null
}
