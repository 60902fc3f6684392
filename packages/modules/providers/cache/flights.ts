import type { FoundAnswer } from './call-cache.ts'

/** What somebody who waited for a call of somebody else gets. */
export type Landing =
  | { state: 'answer'; answer: FoundAnswer }
  /** The one who asked went away: ask instead of them, the others wait for you now. */
  | { state: 'lead' }
  /** Ask for yourself, nobody waits for you. */
  | { state: 'alone' }

/** A call that is under way, and who waits for its answer. */
export interface Flight {
  land(answer: FoundAnswer): void
  leave(why: 'left' | 'failed' | 'not-kept'): void
}

export interface Flights {
  /** Null = nobody asks this now. */
  find(name: string): { wait(signal: AbortSignal | undefined): Promise<Landing> } | null
  begin(name: string): Flight
}

interface UnderWay {
  startedAt: number
  waiting: Set<(landing: Landing) => void>
}

/**
 * Identical calls at the same time are one. A failure is nobody else's: whoever waited asks for themselves.
 * @param waitMs that somebody waits at most; after it a call is as good as lost
 */
export function createFlights(waitMs: number, now: () => number): Flights {
  const flights = new Map<string, UnderWay>()

  function lead(name: string, flight: UnderWay): Flight {
    let over = false
    const end = (): boolean => {
      if (over) return false
      over = true
      return true
    }
    const close = () => {
      if (flights.get(name) === flight) flights.delete(name)
    }
    return {
      land(answer) {
        if (!end()) return
        close()
        for (const tell of flight.waiting) tell({ state: 'answer', answer })
      },
      leave(why) {
        if (!end()) return
        const [next] = flight.waiting
        if (why === 'left' && next) {
          flight.startedAt = now()
          next({ state: 'lead' })
          return
        }
        close()
        for (const tell of flight.waiting) tell({ state: 'alone' })
      },
    }
  }

  return {
    find(name) {
      const flight = flights.get(name)
      if (!flight) return null
      if (now() - flight.startedAt > waitMs) {
        flights.delete(name)
        return null
      }
      return {
        wait: (signal) =>
          new Promise((resolve, reject) => {
            const tell = (landing: Landing) => {
              stop()
              resolve(landing)
            }
            const gone = () => {
              stop()
              reject(signal?.reason)
            }
            const stop = () => {
              clearTimeout(timer)
              signal?.removeEventListener('abort', gone)
              flight.waiting.delete(tell)
            }
            const timer = setTimeout(() => tell({ state: 'alone' }), waitMs)
            if (signal?.aborted) {
              gone()
              return
            }
            signal?.addEventListener('abort', gone, { once: true })
            flight.waiting.add(tell)
          }),
      }
    },
    begin(name) {
      const flight = flights.get(name) ?? { startedAt: now(), waiting: new Set() }
      flights.set(name, flight)
      return lead(name, flight)
    },
  }
}
