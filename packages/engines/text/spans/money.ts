import { decimalOf, numberOfWord, numberSource, scaled, scaleSource } from './numbers.ts'
import { endsWord, type Finder, matchAt } from './span.ts'

const symbols: Readonly<Record<string, string>> = {
  '€': 'EUR',
  $: 'USD',
  '£': 'GBP',
  '¥': 'JPY',
  '₹': 'INR',
  '₽': 'RUB',
  '₩': 'KRW',
}
const codes =
  'EUR USD GBP CHF JPY CNY INR AUD CAD NZD SEK NOK DKK PLN CZK HUF RON BGN TRY BRL MXN ZAR SGD HKD KRW THB ILS AED SAR RUB UAH ARS CLP COP'
const names: Readonly<Record<string, string>> = {
  EUR: 'euro euros',
  USD: 'dollar dollars',
  GBP: 'pound pounds sterling',
  CHF: 'franken francs fr sfr',
  JPY: 'yen',
  INR: 'rupee rupees rs',
}
const cents = new Set(['cent', 'cents', 'pence', 'p', '¢'])

const currencyOf = new Map<string, string>([
  ...Object.entries(symbols),
  ...codes.split(' ').map((code): [string, string] => [code.toLowerCase(), code]),
  ...Object.entries(names).flatMap(([code, list]) => list.split(' ').map((name): [string, string] => [name, code])),
])
/** Words that may stand before or after an amount. */
export const currencyWords: readonly string[] = [
  ...[...currencyOf.keys()].filter((word) => /^[a-z]/.test(word)),
  'us',
  'cent',
  'cents',
  'pence',
]

const code = `${codes.replaceAll(' ', '|')}|US\\$|US ?dollars?|U\\.S\\. dollars?`
const words = Object.values(names)
  .join(' ')
  .split(' ')
  .concat('cents?', 'pence')
  .sort((a, b) => b.length - a.length)
  .join('|')
const dash = String.raw`(?:[.,][-–—]{1,2})?`
const before = new RegExp(
  String.raw`([€$£¥₹₽₩]|(?:${code}))[ \u00a0]?([-–]?)(${numberSource})${dash}(?:[ \u00a0]?(${scaleSource}))?`,
  'y',
)
const after = new RegExp(
  String.raw`(${numberSource})${dash}(?:[ \u00a0]?(${scaleSource}))?(?:[ \u00a0]|-)?(?:([€$£¥₹₽₩¢])|(${code})(?![A-Za-z])|((?:US[- ]|US-)?(?:${words}|Euro|Franken|Dollar)s?)(?![a-zà-ÿ]))`,
  'iy',
)
const worded = new RegExp(
  String.raw`([a-z]+(?:-[a-z]+)?)(?: (thousand|million|billion))? (?:US |U\.S\. )?(${words})(?![a-zà-ÿ])`,
  'iy',
)

function unitOf(written: string): string | null {
  const lower = written.toLowerCase()
  if (/^u\.?s/.test(lower)) return 'USD'
  return currencyOf.get(lower) ?? currencyOf.get(lower.replace(/s$/, '')) ?? null
}

/** `€ 25.50`, `$3 million`, `EUR 1.200,–`: anchored at the symbol or code. */
export const moneyFromCurrency: Finder = (text, at) => {
  const match = matchAt(before, text, at)
  if (!match) return null
  const end = at + match[0].length
  if (!endsWord(text, end)) return null
  const amount = scaled(decimalOf(match[3] ?? ''), match[4])
  return { kind: 'money', start: at, end, value: match[2] ? `-${amount}` : amount, unit: unitOf(match[1] ?? '') }
}

/** `25 €`, `3 Mio. Euro`, `50 cents`, `1'200.– CHF`. */
export const moneyFromNumber: Finder = (text, at) => {
  const match = matchAt(after, text, at)
  if (!match) return null
  const amount = scaled(decimalOf(match[1] ?? ''), match[2])
  const written = (match[3] ?? match[4] ?? match[5] ?? '').toLowerCase()
  const end = at + match[0].length
  if (cents.has(written)) return { kind: 'money', start: at, end, value: hundredth(amount), unit: null }
  return { kind: 'money', start: at, end, value: amount, unit: unitOf(written) }
}

/** `twenty-five dollars`, `two million euros`. */
export const moneyFromWord: Finder = (text, at) => {
  const match = matchAt(worded, text, at)
  const amount = match ? numberOfWord(match[1] ?? '') : null
  if (!match || amount === null) return null
  const written = (match[3] ?? '').toLowerCase()
  const value = scaled(String(amount), match[2])
  const end = at + match[0].length
  if (cents.has(written)) return { kind: 'money', start: at, end, value: hundredth(value), unit: null }
  return { kind: 'money', start: at, end, value, unit: unitOf(written) }
}

function hundredth(amount: string): string {
  const [whole = '0', fraction = ''] = amount.split('.')
  const padded = whole.padStart(3, '0')
  return `${padded.slice(0, -2)}.${padded.slice(-2)}${fraction}`
}
