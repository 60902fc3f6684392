import { compileTagged, findTagged } from './phrases.ts'
import type { Word } from './words.ts'

/** How exactly a time expression fixes the moment. */
type TimePrecision = 'time' | 'day' | 'week' | 'month'

export type TimeExpression = {
  /** Offsets in the text of the turn. */
  start: number
  end: number
  precision: TimePrecision
}

const DAY = 'monday|tuesday|wednesday|thursday|friday|saturday|sunday'
const MONTH = 'january|february|march|april|may|june|july|august|september|october|november|december'
const COUNT = 'a|an|one|two|three|four|five|six|seven|eight|nine|ten|couple|few'
const HOUR = 'one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve'

const PHRASES: Readonly<Record<TimePrecision, readonly string[]>> = {
  time: [
    'noon',
    'midday',
    `half past ${HOUR}`,
    `quarter past|to ${HOUR}`,
    `${HOUR} o'clock`,
    `${HOUR} thirty`,
    'first thing',
  ],
  day: [
    `this|next|on|by ${DAY}`,
    DAY,
    'tomorrow',
    'today',
    'tonight',
    'this morning|afternoon|evening',
    'day after tomorrow',
    'end of the? day',
    'close of business',
    'eod',
    `in a? ${COUNT} of? days`,
  ],
  week: [
    'this|next|following week',
    'end of the|this|next? week',
    'week after next',
    `in a? ${COUNT} of? weeks`,
    'in a week',
    'a week from',
    'the week of|after',
  ],
  month: [
    'this|next month',
    'end of the|this|next? month',
    'beginning|start of next? month',
    `in a? ${COUNT} of? months`,
    'in the new year',
    `in|by|before|early|mid|late|until ${MONTH}`,
    'next quarter',
    'this quarter',
  ],
}
const COMPILED = compileTagged(PHRASES)

const MONTHS = new Set(MONTH.split('|'))
const HOURS = new Set(HOUR.split('|'))
const AFTER_HOUR = new Set(
  'on tomorrow then and or for your my am pm today work works suit suits so is good fine if a p'.split(' '),
)
const UNITS = new Set('day days week weeks month months'.split(' '))

/** Numbers with their neighbours: "10:30", "3 pm", "at ten", "March 14", "the 14th", "2026-03-14", "in 2 weeks". */
function numeric(words: readonly Word[], index: number): { from: number; to: number; precision: TimePrecision } | null {
  const word = words[index]?.word ?? ''
  const next = words[index + 1]?.word
  const previous = words[index - 1]?.word
  const isNumber = /^\d{1,4}$/.test(word)
  const halves = next === 'am' || next === 'pm'
  if (/^\d{1,2}[:.]\d{2}$/.test(word) && halves) return { from: index, to: index + 2, precision: 'time' }
  if (/^\d{1,2}:\d{2}(?:am|pm)?$/.test(word) || /^\d{1,2}(?:\.\d{2})?(?:am|pm)$/.test(word))
    return { from: index, to: index + 1, precision: 'time' }
  if ((isNumber || HOURS.has(word)) && halves) return { from: index, to: index + 2, precision: 'time' }
  if ((isNumber || HOURS.has(word)) && (next === 'a' || next === 'p') && words[index + 2]?.word === 'm')
    return { from: index, to: index + 3, precision: 'time' }
  if (
    (HOURS.has(word) || (isNumber && Number(word) <= 12)) &&
    previous === 'at' &&
    (next === undefined || AFTER_HOUR.has(next))
  )
    return { from: index - 1, to: index + 1, precision: 'time' }
  const ordinal = /^\d{1,2}(?:st|nd|rd|th)$/.test(word)
  if (ordinal && next === 'of' && MONTHS.has(words[index + 2]?.word ?? ''))
    return { from: index, to: index + 3, precision: 'day' }
  if (ordinal && (previous === 'the' || DAY.includes(previous ?? '-') || MONTHS.has(previous ?? '')))
    return { from: index - 1, to: index + 1, precision: 'day' }
  if (isNumber && Number(word) <= 31 && MONTHS.has(previous ?? ''))
    return { from: index - 1, to: index + 1, precision: 'day' }
  if (isNumber && Number(word) <= 31 && MONTHS.has(next ?? '')) return { from: index, to: index + 2, precision: 'day' }
  if (isNumber && previous === 'in' && next !== undefined && UNITS.has(next))
    return {
      from: index - 1,
      to: index + 2,
      precision: next.startsWith('day') ? 'day' : next.startsWith('week') ? 'week' : 'month',
    }
  if (isNumber && word.length === 4 && /^\d{2}$/.test(next ?? '') && /^\d{2}$/.test(words[index + 2]?.word ?? ''))
    return { from: index, to: index + 3, precision: 'day' }
  return null
}

const isPrecision = (tag: string): tag is TimePrecision => tag in PHRASES

const RANK: Record<TimePrecision, number> = { time: 0, day: 1, week: 2, month: 3 }

/**
 * The date and time expressions in a sentence (English), neighbouring ones joined: "Thursday the 14th at 10" is one expression
 * with precision "time". Minutes and seconds ("in a minute") are how people talk, not dates, and are not found.
 */
export function findTimes(words: readonly Word[]): TimeExpression[] {
  const spans: { from: number; to: number; precision: TimePrecision }[] = []
  for (const { from, to, tag } of findTagged(COMPILED, words))
    if (isPrecision(tag)) spans.push({ from, to, precision: tag })
  for (let index = 0; index < words.length; index += 1) {
    const span = numeric(words, index)
    if (span) spans.push(span)
  }
  spans.sort((a, b) => a.from - b.from || b.to - a.to)
  const joined: typeof spans = []
  for (const span of spans) {
    const last = joined.at(-1)
    // One word may stand between the parts: "Thursday at ten", "Monday around noon".
    if (last && span.from <= last.to + 1) {
      last.to = Math.max(last.to, span.to)
      if (RANK[span.precision] < RANK[last.precision]) last.precision = span.precision
    } else joined.push({ from: span.from, to: span.to, precision: span.precision })
  }
  return joined.map(({ from, to, precision }) => ({
    start: words[from]?.start ?? 0,
    end: words[to - 1]?.end ?? 0,
    precision,
  }))
}
