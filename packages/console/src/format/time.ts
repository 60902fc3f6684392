const locale = 'en-US'
const exact = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' })
const date = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' })
const dayMonth = new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric', timeZone: 'UTC' })
const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'long' })

const units: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
]

export const formatExact = (iso: string) => exact.format(new Date(iso))
export const formatDate = (iso: string) => date.format(new Date(iso))
/** A day of a series (`2026-11-03`), as `Nov 3`. */
export const formatDay = (day: string) => dayMonth.format(new Date(day.length === 10 ? `${day}T00:00:00Z` : day))

/** `3 minutes ago`, `in 2 days`, `just now`. */
export function formatRelative(iso: string, now: number): string {
  const seconds = (new Date(iso).getTime() - now) / 1000
  for (const [unit, size] of units) {
    if (Math.abs(seconds) >= size) return relative.format(Math.round(seconds / size), unit)
  }
  return 'just now'
}
