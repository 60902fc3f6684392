// Written out and not `Intl`, whose first formatter takes a phone a twentieth of a second, before anything is shown.

/** `1,234.5`: at most so many decimals, at least so many. */
export function formatDecimal(value: number, most: number, least = 0): string {
  const [whole = '', part = ''] = Math.abs(value).toFixed(most).split('.')
  let end = part.length
  while (end > least && part[end - 1] === '0') end -= 1
  const digits = whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ',') + (end > 0 ? `.${part.slice(0, end)}` : '')
  return value < 0 && /[1-9]/.test(digits) ? `-${digits}` : digits
}

export const formatNumber = (value: number) => formatDecimal(value, 3)

/** `9,870`, `12.3K`, `1.4M`. */
export function formatCompact(value: number): string {
  if (Math.abs(value) < 10_000) return formatNumber(value)
  const units = ['K', 'M', 'B', 'T']
  let size = value / 1000
  let unit = 0
  while (Math.abs(size) >= 999.95 && unit < units.length - 1) {
    size /= 1000
    unit += 1
  }
  return `${formatDecimal(size, 1)}${units[unit]}`
}

/** @param share 0 to 1 */
export const formatPercent = (share: number) => `${formatDecimal(share * 100, 1)}%`

/** USD micro-units as dollars: two decimals from ten cents on, more below so that a small cost does not look like none. */
export function formatMoney(micros: number): string {
  const dollars = micros / 1_000_000
  const size = Math.abs(dollars)
  const digits = size === 0 || size >= 0.1 ? 2 : size >= 0.01 ? 3 : size >= 0.0001 ? 5 : 6
  const text = formatDecimal(size, digits, 2)
  return dollars < 0 && /[1-9]/.test(text) ? `-$${text}` : `$${text}`
}

/** `420 ms`, `2.31 s`, `3 min 05 s`, `1 h 04 min`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`
  const minutes = Math.round(seconds / 60)
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`
}

/** A position in a recording: `1:05`, `1:02:07`. */
export function formatClock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60]
  const tail = `${hours > 0 ? String(minutes).padStart(2, '0') : minutes}:${String(rest).padStart(2, '0')}`
  return hours > 0 ? `${hours}:${tail}` : tail
}

/** `12 kB`, `3.4 MB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const power = Math.min(units.length - 1, bytes > 0 ? Math.floor(Math.log10(bytes) / 3) : 0)
  const value = bytes / 1000 ** power
  return `${value.toFixed(power === 0 || value >= 100 ? 0 : 1)} ${units[power]}`
}

/** Change against the period before as a share; null when there was nothing before. */
export function changeOf(now: number, before: number): number | null {
  return before === 0 ? null : (now - before) / before
}
