const CLOCK = /^(?:(\d{1,4}):)?(\d{1,2}):(\d{2})(?:[.,](\d{1,3}))?$/

/**
 * Reads `1:02:03.450`, `02:03.450`, `2:03` or the SubRip form with a comma, as seconds.
 * Returns null for anything else, also for minutes or seconds of 60 and more where a larger unit is present.
 */
export function parseClock(text: string): number | null {
  const match = CLOCK.exec(text)
  if (!match) return null
  const [, hours, minutes = '0', seconds = '0', fraction = ''] = match
  if (Number(seconds) > 59 || (hours !== undefined && Number(minutes) > 59)) return null
  const whole = Number(hours ?? 0) * 3600 + Number(minutes) * 60 + Number(seconds)
  return (whole * 1000 + Number(fraction.padEnd(3, '0'))) / 1000
}

const part = (value: number, digits: number): string => String(value).padStart(digits, '0')

/** Writes seconds as `HH:MM:SS.mmm`. */
export function formatClock(seconds: number): string {
  const total = Math.round(seconds * 1000)
  const hours = Math.floor(total / 3_600_000)
  const minutes = Math.floor(total / 60_000) % 60
  return `${part(hours, 2)}:${part(minutes, 2)}:${part(Math.floor(total / 1000) % 60, 2)}.${part(total % 1000, 3)}`
}
