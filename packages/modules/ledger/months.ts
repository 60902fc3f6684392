/** Months of the books: `YYYY-MM`, UTC. */

const hourMs = 3_600_000

/** After the end of a month so long is waited for late entries, and for clocks that differ. */
export const graceMs = 2 * hourMs

/** `YYYY-MM` of a moment (UTC). */
export function monthOf(at: Date): string {
  return at.toISOString().slice(0, 7)
}

export function startOf(month: string): Date {
  return new Date(`${month}-01T00:00:00.000Z`)
}

export function nextMonth(month: string): string {
  return monthOf(new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)), 1)))
}

/** First moment after the month. */
export function endOf(month: string): Date {
  return startOf(nextMonth(month))
}

/** Whether a month may be closed: it is over, and so is the time for late entries. */
export function mayClose(month: string, now: Date): boolean {
  return now.getTime() >= endOf(month).getTime() + graceMs
}
