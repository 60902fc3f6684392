import { formatNumber } from './number'

// Written out and not `Intl`, whose first formatter takes a phone a twentieth of a second, before anything is shown.
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

const units: [string, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
]

/** Days that have a name of their own. */
const named: Record<string, [before: string, after: string]> = {
  year: ['last year', 'next year'],
  month: ['last month', 'next month'],
  week: ['last week', 'next week'],
  day: ['yesterday', 'tomorrow'],
}

const two = (value: number) => String(value).padStart(2, '0')
const dateOf = (at: Date) => `${months[at.getMonth()]} ${at.getDate()}, ${at.getFullYear()}`
const clockOf = (at: Date) =>
  `${at.getHours() % 12 || 12}:${two(at.getMinutes())}:${two(at.getSeconds())} ${at.getHours() < 12 ? 'AM' : 'PM'}`

/** `Nov 3, 2026, 2:05:09 PM` where the person is. */
export function formatExact(iso: string): string {
  const at = new Date(iso)
  return `${dateOf(at)}, ${clockOf(at)}`
}
/** `Nov 3, 2026` where the person is. */
export const formatDate = (iso: string) => dateOf(new Date(iso))
/** A day of a series (`2026-11-03`), as `Nov 3`. */
export function formatDay(day: string): string {
  const at = new Date(day.length === 10 ? `${day}T00:00:00Z` : day)
  return `${months[at.getUTCMonth()]} ${at.getUTCDate()}`
}

/** `3 minutes ago`, `in 2 days`, `just now`. */
export function formatRelative(iso: string, now: number): string {
  const seconds = (new Date(iso).getTime() - now) / 1000
  for (const [unit, size] of units) {
    if (Math.abs(seconds) < size) continue
    const count = Math.abs(Math.round(seconds / size))
    const name = count === 1 ? named[unit]?.[seconds < 0 ? 0 : 1] : undefined
    const words = `${formatNumber(count)} ${unit}${count === 1 ? '' : 's'}`
    return name ?? (seconds < 0 ? `${words} ago` : `in ${words}`)
  }
  return 'just now'
}
