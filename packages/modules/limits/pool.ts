/** What came of asking for more. */
export interface Fetched<R> {
  /** Units that may be spent from now on. */
  got: number
  /** Set when less came than `least`: why, for whoever asked. */
  refused: R | null
}

export interface PoolOptions<R> {
  /**
   * Asks the database for more units.
   * @param wanted what all who wait need together; more may be returned
   * @param least what the first of them needs
   */
  fetch(wanted: number, least: number): Promise<Fetched<R>>
  /** Milliseconds for which fetched units may be spent; null = until they are given back. */
  lastsMs: number | null
  /** When some, but too little, is left: true = the first who waits gets that little. */
  partly: boolean
  now: () => number
}

export type Taken<R> = { taken: number } | { refused: R }

/** Units that a process has taken from the database and spends from memory. */
export interface Pool<R> {
  /** Units that can be spent at once. */
  readonly room: number
  /** Takes units; at once while there is room and nobody waits. */
  take(units: number): Taken<R> | Promise<Taken<R>>
  /** Returns what was taken and not used. May be negative: what was used beyond it. */
  giveBack(units: number): void
  /** Takes up to so many units out of the pool, to return them to the database. @returns how many there were */
  drain(units: number): number
  /** Adds units that came from elsewhere than `fetch`. */
  add(units: number): void
}

interface Waiting<R> {
  units: number
  resolve(taken: Taken<R>): void
  reject(error: unknown): void
}

/**
 * First come, first served: who finds too little waits, and one request to the database at a time serves all who wait.
 * A refusal of the first is one for all who want as much.
 */
export function createPool<R>(options: PoolOptions<R>): Pool<R> {
  const { lastsMs, now } = options
  let room = 0
  let roomUntil = lastsMs === null ? Number.POSITIVE_INFINITY : 0
  let queue: Waiting<R>[] = []
  let pumping = false

  /** What is given back lasts no longer than what was fetched last: units must not grow old in memory. */
  function dropExpired(): void {
    if (lastsMs !== null && room > 0 && now() >= roomUntil) room = 0
  }

  function add(units: number): void {
    if (units <= 0) return
    dropExpired()
    // Older units never outlive their own time: the shorter of the two holds for all.
    const until = lastsMs === null ? Number.POSITIVE_INFINITY : now() + lastsMs
    roomUntil = room > 0 ? Math.min(roomUntil, until) : until
    room += units
  }

  async function pump(): Promise<void> {
    for (;;) {
      dropExpired()
      const first = queue[0]
      if (!first) return
      if (room >= first.units) {
        room -= first.units
        queue.shift()
        first.resolve({ taken: first.units })
        continue
      }
      const waiting = queue.reduce((sum, each) => sum + each.units, 0)
      const { got, refused } = await options.fetch(waiting - room, first.units - room)
      add(got)
      if (refused === null || room >= first.units) continue
      if (options.partly && room > 0) {
        const rest = room
        room = 0
        queue.shift()
        first.resolve({ taken: rest })
        continue
      }
      const least = first.units
      const turnedAway = queue.filter((each) => each.units >= least)
      queue = queue.filter((each) => each.units < least)
      for (const each of turnedAway) each.resolve({ refused })
    }
  }

  function start(): void {
    if (pumping) return
    pumping = true
    pump()
      .catch((error: unknown) => {
        const failed = queue
        queue = []
        for (const each of failed) each.reject(error)
      })
      .finally(() => {
        pumping = false
        // Who came between the last look and this line.
        if (queue.length > 0) start()
      })
  }

  return {
    get room() {
      dropExpired()
      return room
    },
    take(units) {
      dropExpired()
      if (units <= 0) return { taken: 0 }
      if (queue.length === 0 && room >= units) {
        room -= units
        return { taken: units }
      }
      return new Promise((resolve, reject) => {
        queue.push({ units, resolve, reject })
        start()
      })
    },
    giveBack(units) {
      dropExpired()
      room += units
    },
    drain(units) {
      dropExpired()
      const drained = Math.max(0, Math.min(room, units))
      room -= drained
      return drained
    },
    add,
  }
}
