import type { Broadcast } from './broadcast.ts'

export interface Remembered<T> {
  /** The value under a key: from memory, or loaded. Loads of one key at the same time are one load. */
  get(key: string): Promise<T>
  /** The value if it is in memory and still holds; for paths that must not wait. */
  peek(key: string): T | undefined
  /** Forgets one key here; other processes forget it by the notice of the writer. */
  forget(key: string): void
}

export interface RememberedOptions<T> {
  broadcast: Broadcast
  /** Notices of this topic forget: the subject is the key, empty = all. */
  topic: string
  load(key: string): Promise<T>
  /** Milliseconds after which a value is loaded again, whatever the notices say. */
  maxAgeMs: number
  /** Values at most; the one that was not asked for longest goes first. */
  maxEntries: number
  now?: () => number
}

interface Entry<T> {
  value: T
  loadedAt: number
  epoch: number
}

/**
 * Values of the database that a process keeps between requests, forgotten by notices of whoever changes them. While
 * notices do not arrive nothing is remembered: slower, never stale.
 */
export function remember<T>(options: RememberedOptions<T>): Remembered<T> {
  const { broadcast, maxAgeMs, maxEntries } = options
  const now = options.now ?? (() => performance.now())
  const entries = new Map<string, Entry<T>>()
  const loading = new Map<string, Promise<T>>()
  /** Counts what was forgotten, so that a load that began before is not kept after. */
  let forgotten = 0

  const forget = (key: string) => {
    forgotten++
    if (key === '') {
      entries.clear()
      loading.clear()
    } else {
      entries.delete(key)
      loading.delete(key)
    }
  }
  broadcast.subscribe(options.topic, forget)

  function peek(key: string): T | undefined {
    const entry = entries.get(key)
    if (!entry) return undefined
    if (!broadcast.live || entry.epoch !== broadcast.epoch || now() - entry.loadedAt > maxAgeMs) {
      entries.delete(key)
      return undefined
    }
    return entry.value
  }

  async function load(key: string): Promise<T> {
    const { epoch, live } = broadcast
    const before = forgotten
    const loadedAt = now()
    const value = await options.load(key)
    if (live && broadcast.live && epoch === broadcast.epoch && before === forgotten) {
      const oldest = entries.keys().next()
      if (entries.size >= maxEntries && !oldest.done) entries.delete(oldest.value)
      entries.set(key, { value, loadedAt, epoch })
    }
    return value
  }

  return {
    peek,
    forget,
    get(key) {
      const known = peek(key)
      if (known !== undefined) {
        const entry = entries.get(key)
        // Last in the order of insertion = asked for last.
        if (entry && entries.size * 2 > maxEntries) {
          entries.delete(key)
          entries.set(key, entry)
        }
        return Promise.resolve(known)
      }
      const running = loading.get(key)
      if (running) return running
      const started = load(key).finally(() => {
        if (loading.get(key) === started) loading.delete(key)
      })
      loading.set(key, started)
      return started
    },
  }
}
