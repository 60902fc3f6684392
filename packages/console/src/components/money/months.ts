const monthName = new Intl.DateTimeFormat('en-US', { month: 'long', year: 'numeric', timeZone: 'UTC' })
/** `2026-11` as `November 2026`. */
export const formatMonth = (month: string) => monthName.format(new Date(`${month}-01T00:00:00Z`))

/** The month so many months away. */
export function monthAway(month: string, months: number): string {
  const [year = 2026, number = 1] = month.split('-').map(Number)
  return new Date(Date.UTC(year, number - 1 + months, 1)).toISOString().slice(0, 7)
}
