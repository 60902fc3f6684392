import { decimalOf, numberOfWord, numberSource } from './numbers.ts'
import { endsWord, type Finder, matchAt } from './span.ts'

/** ISO 8601 designator by unit name; `T` before it for times of day. */
const units: Readonly<Record<string, string>> = {
  Y: 'year years yr yrs jahr jahre jahren an ans année années annee annees anno anni año años',
  M: 'month months monat monate monaten mois mese mesi mes meses',
  W: 'week weeks wk wks woche wochen semaine semaines settimana settimane semana semanas',
  D: 'day days tag tage tagen jour jours giorno giorni día días dia dias werktage werktagen',
  TH: 'hour hours hr hrs h stunde stunden std heure heures ora ore hora horas',
  TM: 'minute minutes min mins minuten minuto minuti minutos',
  TS: 'second seconds sec secs sekunde sekunden seconde secondes secondo secondi segundo segundos',
}
const designator = new Map(
  Object.entries(units).flatMap(([mark, names]) => names.split(' ').map((name): [string, string] => [name, mark])),
)
export const durationWords: readonly string[] = [...designator.keys()]

const unit = [...durationWords].sort((a, b) => b.length - a.length).join('|')
const between = String.raw`(?:[ \u00a0-]|-?(?:calendar|business|working|consecutive|full|volle[nrs]?) |\)[ -])?(?:(?:calendar|business|working|consecutive|full) )?`
const numeric = new RegExp(String.raw`(${numberSource})${between}(${unit})(?![a-zà-ÿ])`, 'iy')
const worded = new RegExp(
  String.raw`([a-zà-ÿ]+(?:-[a-z]+)?)(?: \((\d+)\))?[ -](?:(?:calendar|business|working|consecutive|full) )?(${unit})(?![a-zà-ÿ])`,
  'iy',
)
const joiner = /,? (?:and|und|et|e|y) |,? /y

/** `3 days`, `90 minutes`, `3-year`, `2 hours and 30 minutes`: as an ISO 8601 duration. */
export const durationFromNumber: Finder = (text, at) => {
  const first = matchAt(numeric, text, at)
  if (!first) return null
  const parts = [{ amount: decimalOf(first[1] ?? ''), mark: markOf(first[2]) }]
  let end = at + first[0].length
  // A smaller unit that follows belongs to it: `1 h 30 min`.
  for (;;) {
    const joined = matchAt(joiner, text, end)
    const next = matchAt(numeric, text, end + (joined?.[0].length ?? 0))
    const last = parts.at(-1)
    if (!next || !last || order(markOf(next[2])) <= order(last.mark)) break
    parts.push({ amount: decimalOf(next[1] ?? ''), mark: markOf(next[2]) })
    end += (joined?.[0].length ?? 0) + next[0].length
  }
  return { kind: 'duration', start: at, end, value: iso(parts), unit: null }
}

/** `thirty (30) days`, `two weeks`, `a year`. */
export const durationFromWord: Finder = (text, at) => {
  const match = matchAt(worded, text, at)
  if (!match) return null
  const amount = match[2] ?? numberOfWord(match[1] ?? '')
  if (amount === null) return null
  const end = at + match[0].length
  if (!endsWord(text, end)) return null
  return {
    kind: 'duration',
    start: at,
    end,
    value: iso([{ amount: String(amount), mark: markOf(match[3]) }]),
    unit: null,
  }
}

const markOf = (name: string | undefined) => designator.get(name?.toLowerCase() ?? '') ?? 'D'
const order = (mark: string) => ['Y', 'M', 'W', 'D', 'TH', 'TM', 'TS'].indexOf(mark)

function iso(parts: readonly { amount: string; mark: string }[]): string {
  const dates = parts.filter(({ mark }) => mark.length === 1).map(({ amount, mark }) => amount + mark)
  const times = parts.filter(({ mark }) => mark.length === 2).map(({ amount, mark }) => amount + (mark[1] ?? ''))
  return `P${dates.join('')}${times.length > 0 ? `T${times.join('')}` : ''}`
}
