/** `YYYY-MM` of a moment, UTC. */
export function monthOf(at: Date): string {
  return at.toISOString().slice(0, 7)
}

/** First moments of a month and of the one after it. */
export function boundsOf(month: string): { from: Date; to: Date } {
  const [year = 0, number = 1] = month.split('-').map(Number)
  return { from: new Date(Date.UTC(year, number - 1, 1)), to: new Date(Date.UTC(year, number, 1)) }
}

const dayMs = 86_400_000

/**
 * What a month will have come to if it goes on as it went so far, in the unit of `spent`. Null during its first day,
 * which says nothing.
 */
export function forecast(spent: number, month: string, at: Date): number | null {
  const { from, to } = boundsOf(month)
  const elapsed = at.getTime() - from.getTime()
  if (elapsed < dayMs) return null
  return Math.round((spent * (to.getTime() - from.getTime())) / Math.min(elapsed, to.getTime() - from.getTime()))
}
