import { dayNumber, isoDate, isoOfDay } from './calendar.ts'
import { endsWord, type Finder, type Found, matchAt, type ScanSettings } from './span.ts'

const monthNames: readonly string[] = [
  'january jan januar jänner janvier janv gennaio gen enero ene',
  'february feb februar février févr fevr febbraio febrero',
  'march mar märz mrz mars marzo',
  'april apr avril avr aprile abril abr',
  'may mai maggio mag mayo',
  'june jun juni juin giugno giu junio',
  'july jul juli juillet juil luglio lug julio',
  'august aug août aout agosto ago',
  'september sep sept septembre settembre set septiembre setiembre',
  'october oct oktober okt octobre ottobre ott octubre',
  'november nov novembre noviembre',
  'december dec dezember dez décembre déc dicembre dic diciembre',
]

const monthOfName = new Map(
  monthNames.flatMap((names, index) => names.split(' ').map((name): [string, number] => [name, index + 1])),
)
export const monthWords: readonly string[] = [...monthOfName.keys()]

const weekdayNames = 'monday tuesday wednesday thursday friday saturday sunday'.split(' ')
export const relativeWords: readonly string[] = [
  'today',
  'tomorrow',
  'yesterday',
  'next',
  'last',
  'this',
  ...weekdayNames,
]

const month = [...monthWords].sort((a, b) => b.length - a.length).join('|')
const time = String.raw`(?:[T ,]*(?:at |um |à |alle |a las )?(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?(Z| ?UTC|[+-]\d{2}:?\d{2})?(?: ?([ap])(?:m|\.m\.)(?![a-z]))?(?!\d))?`

const isoPattern = new RegExp(String.raw`(\d{4})-(\d{2})-(\d{2})${time}`, 'y')
const isoMonthPattern = /(\d{4})-(\d{2})(?![-\d])/y
const numericPattern = new RegExp(String.raw`(\d{1,4})([./-])(\d{1,2})\2(\d{4}|\d{2})(?!\d|[./-]\d)${time}`, 'y')
const dayFirstPattern = new RegExp(
  String.raw`(\d{1,2})(?:st|nd|rd|th|er|º|°)?\.?(?: day)?(?: of| de| del)?[ \u00a0-](${month})(?![a-zà-ÿ])\.?(?:,? (?:of |de |del )?|-)?(\d{4}(?!\d)|'?\d{2}(?![\d:.,/%]))?${time}`,
  'iy',
)
const monthFirstPattern = new RegExp(
  String.raw`(${month})(?![a-zà-ÿ])\.?(?: |\u00a0)(?:the )?(?:(\d{1,2})(?:st|nd|rd|th)?(?![\d.:/%]\d|\d))?(?:,? ?(\d{4})(?!\d))?${time}`,
  'iy',
)
const relativePattern =
  /(?:(today|tomorrow|yesterday)|(next|last|this) (?:(week|month|quarter|year)|(monday|tuesday|wednesday|thursday|friday|saturday|sunday)))(?![a-z])/iy

const fullYear = (written: string): number => {
  const year = Number(written.replace("'", ''))
  return written.length >= 4 ? year : year + (year < 70 ? 2000 : 1900)
}

/** Groups of `time`, appended to a date as `T10:30`. */
function timeOf(match: readonly (string | undefined)[], first: number): string | null {
  const [hours, minutes, seconds, zone, half] = match.slice(first, first + 5)
  if (hours === undefined || minutes === undefined) return ''
  const written = Number(hours)
  const past = Number(minutes) + Number(seconds ?? 0)
  // 24:00 is the end of the day (ISO 8601); a second 60 is a leap second.
  if (written > 24 || (written === 24 && past > 0) || Number(minutes) > 59 || Number(seconds ?? 0) > 60) return null
  const hour = half && written <= 12 ? (written % 12) + (half.toLowerCase() === 'p' ? 12 : 0) : written
  return `T${String(hour).padStart(2, '0')}:${minutes}${seconds ? `:${seconds}` : ''}${zone ? zone.trim().replace('UTC', 'Z') : ''}`
}

const found = (at: number, length: number, value: string | null, ambiguous = false): Found => ({
  kind: 'date',
  start: at,
  end: at + length,
  value,
  unit: null,
  ambiguous,
})

/** The date with its clock time, or only as far as the clock time makes sense. */
function withTime(at: number, match: RegExpExecArray, date: string, timeGroup: number, ambiguous = false): Found {
  const time = timeOf(match, timeGroup)
  if (time !== null) return found(at, match[0].length, date + time, ambiguous)
  return found(at, match[0].length - (/[T ,]*\d{1,2}:.*$/.exec(match[0])?.[0].length ?? 0), date, ambiguous)
}

/** Dates that begin with a number: ISO 8601, `14.03.2026`, `3/14/26`, `14 March 2026`, `14th of March`, `14. März 2026`. */
export const dateFromNumber: Finder = (text, at, settings) => {
  const iso = matchAt(isoPattern, text, at)
  if (iso) {
    const date = isoDate(Number(iso[1]), Number(iso[2]), Number(iso[3]))
    return date && endsWord(text, at + iso[0].length) ? withTime(at, iso, date, 4) : null
  }
  const numeric = matchAt(numericPattern, text, at)
  if (numeric) return numericDate(numeric, at, settings)
  const isoMonth = matchAt(isoMonthPattern, text, at)
  if (isoMonth && isoDate(Number(isoMonth[1]), Number(isoMonth[2]), 1) && Number(isoMonth[1]) >= 1900)
    return found(at, isoMonth[0].length, isoMonth[0])
  const words = matchAt(dayFirstPattern, text, at)
  if (!words) return null
  const inYear = monthOfName.get(words[2]?.toLowerCase() ?? '') ?? 0
  return namedDate(words, at, Number(words[1]), inYear, words[3], 4)
}

function numericDate(match: RegExpExecArray, at: number, { dateOrder }: ScanSettings): Found | null {
  const [, first = '', , second = '', third = ''] = match
  if (first.length >= 3) {
    const date = first.length === 4 ? isoDate(Number(first), Number(second), Number(third)) : null
    return date ? withTime(at, match, date, 5) : null
  }
  const [a, b] = [Number(first), Number(second)]
  const year = fullYear(third)
  const asWritten = dateOrder === 'dmy' ? isoDate(year, b, a) : isoDate(year, a, b)
  const otherWay = dateOrder === 'dmy' ? isoDate(year, a, b) : isoDate(year, b, a)
  const date = asWritten ?? otherWay
  // A dot is never used between month and day of the American order.
  const ambiguous = asWritten !== null && otherWay !== null && a !== b && match[2] !== '.'
  return date ? withTime(at, match, date, 5, ambiguous) : null
}

function namedDate(
  match: RegExpExecArray,
  at: number,
  day: number,
  inYear: number,
  year: string | undefined,
  timeGroup: number,
): Found | null {
  if (year === undefined) {
    // 29 February exists in some years.
    if (!isoDate(2024, inYear, day)) return null
    return withTime(at, match, `--${String(inYear).padStart(2, '0')}-${String(day).padStart(2, '0')}`, timeGroup)
  }
  const date = isoDate(fullYear(year), inYear, day)
  return date ? withTime(at, match, date, timeGroup) : null
}

/** Dates that begin with the name of a month: `March 14, 2026`, `Mar 14`, `March 2026`. */
export const dateFromMonth: Finder = (text, at) => {
  const match = matchAt(monthFirstPattern, text, at)
  if (!match) return null
  const inYear = monthOfName.get(match[1]?.toLowerCase() ?? '') ?? 0
  if (match[2] !== undefined) return namedDate(match, at, Number(match[2]), inYear, match[3], 4)
  if (match[3] === undefined || match[4] !== undefined) return null
  const year = Number(match[3])
  return year >= 1000 ? found(at, match[0].length, `${match[3]}-${String(inYear).padStart(2, '0')}`) : null
}

/** `tomorrow`, `next Friday`, `last month`: English; a value only when today is known. */
export const relativeDate: Finder = (text, at, { today }) => {
  const match = matchAt(relativePattern, text, at)
  if (!match) return null
  const [, day, which, period, weekday] = match.map((group) => group?.toLowerCase())
  return found(at, match[0].length, today === null ? null : relativeValue(today, day, which, period, weekday))
}

function relativeValue(
  today: number,
  day: string | undefined,
  which: string | undefined,
  period: string | undefined,
  weekday: string | undefined,
): string {
  if (day) return isoOfDay(today + (day === 'tomorrow' ? 1 : day === 'yesterday' ? -1 : 0))
  const step = which === 'next' ? 1 : which === 'last' ? -1 : 0
  // 1970-01-01 was a Thursday; Monday is 0.
  const inWeek = (((today + 3) % 7) + 7) % 7
  if (weekday) {
    const target = weekdayNames.indexOf(weekday)
    const ahead = (target - inWeek + 7) % 7
    if (which === 'last') return isoOfDay(today + (ahead === 0 ? -7 : ahead - 7))
    return isoOfDay(today + (ahead === 0 && which === 'next' ? 7 : ahead))
  }
  if (period === 'week') return isoOfDay(today - inWeek + step * 7)
  const [year = 0, inYear = 1] = isoOfDay(today).split('-').map(Number)
  if (period === 'year') return String(year + step)
  const months = year * 12 + inYear - 1 + step * (period === 'quarter' ? 3 : 1)
  const first = dayNumber(Math.floor(months / 12), (months % 12) + 1, 1)
  return period === 'quarter'
    ? `${String(Math.floor(months / 12))}-Q${String(Math.floor((months % 12) / 3) + 1)}`
    : isoOfDay(first).slice(0, 7)
}
