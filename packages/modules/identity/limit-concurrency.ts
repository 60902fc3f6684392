/** Refusal of a queue that is full. */
export class QueueFullError extends Error {
  constructor() {
    super('Too many requests are waiting')
    this.name = 'QueueFullError'
  }
}

/**
 * Lets at most `running` calls work at once and `waiting` more stand in line, in order.
 * @throws QueueFullError at once when the line is full.
 */
export function limitConcurrency(running: number, waiting: number): <T>(work: () => Promise<T>) => Promise<T> {
  let active = 0
  const line: (() => void)[] = []
  return async (work) => {
    if (active < running) active++
    else if (line.length >= waiting) throw new QueueFullError()
    // The slot is handed over, not given back: nobody who comes in between can take it.
    else await new Promise<void>((resolve) => line.push(resolve))
    try {
      return await work()
    } finally {
      const next = line.shift()
      if (next) next()
      else active--
    }
  }
}
