import type { FoundAnswer } from './call-cache.ts'

/** Answers in memory: the one that was not asked for longest goes first when they grow over the limit. */
export interface AnswerMemory {
  get(name: string): RememberedAnswer | undefined
  set(name: string, entry: RememberedAnswer): void
  delete(name: string): void
  /** Forgets all whose name begins so. */
  deletePrefix(prefix: string): void
  readonly bytes: number
}

export interface RememberedAnswer {
  answer: FoundAnswer
  /** Milliseconds since 1970. */
  expiresAt: number
}

/** What an entry takes besides its payload, about. */
const overheadBytes = 500
/** An answer larger than this part of the memory is not worth all the others. */
const largestShare = 1 / 8

export function createAnswerMemory(maxBytes: number): AnswerMemory {
  const entries = new Map<string, RememberedAnswer>()
  let bytes = 0
  // Two bytes per character is what a string takes at most.
  const sizeOf = (entry: RememberedAnswer) => 2 * entry.answer.payload.length + overheadBytes

  function remove(name: string): void {
    const entry = entries.get(name)
    if (!entry) return
    entries.delete(name)
    bytes -= sizeOf(entry)
  }

  return {
    get(name) {
      const entry = entries.get(name)
      if (!entry) return undefined
      // Last in the order of insertion = asked for last.
      entries.delete(name)
      entries.set(name, entry)
      return entry
    },
    set(name, entry) {
      remove(name)
      const size = sizeOf(entry)
      if (size > maxBytes * largestShare) return
      entries.set(name, entry)
      bytes += size
      for (const oldest of entries.keys()) {
        if (bytes <= maxBytes) break
        remove(oldest)
      }
    },
    delete: remove,
    deletePrefix(prefix) {
      for (const name of entries.keys()) if (name.startsWith(prefix)) remove(name)
    },
    get bytes() {
      return bytes
    },
  }
}
