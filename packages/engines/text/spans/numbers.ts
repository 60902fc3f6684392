/** A number as people write it: `1,234.50`, `1.234,50`, `1'234.50`, `1 234,50`, `25`. */
export const numberSource = String.raw`\d{1,3}(?:[.,'’\u00a0\u202f]\d{3})+(?:[.,]\d{1,2}(?!\d))?|\d{1,3}(?: \d{3})+(?:,\d{1,2})?(?!\d)|\d+(?:[.,]\d+)?`

/**
 * The number as a decimal string with a dot. The last separator is the decimal one unless exactly three digits follow it and it stands
 * alone (`1.234` and `1,234` are whole numbers) or it is repeated.
 */
export function decimalOf(written: string): string {
  const plain = written.replace(/['’\s]/g, '')
  const dot = plain.lastIndexOf('.')
  const comma = plain.lastIndexOf(',')
  const last = Math.max(dot, comma)
  if (last < 0) return trimZeros(plain)
  const mark = plain[last] ?? '.'
  const repeated = plain.indexOf(mark) !== last
  const both = dot >= 0 && comma >= 0
  const grouping = repeated || (!both && plain.length - last - 1 === 3 && last <= 3 && !plain.startsWith('0'))
  if (grouping) return trimZeros(plain.replace(/[.,]/g, ''))
  return trimZeros(`${plain.slice(0, last).replace(/[.,]/g, '')}.${plain.slice(last + 1)}`)
}

function trimZeros(decimal: string): string {
  return decimal.replace(/^0+(?=\d)/, '')
}

const scales: Readonly<Record<string, number>> = {
  k: 3,
  tsd: 3,
  thousand: 3,
  tausend: 3,
  mille: 3,
  mila: 3,
  mil: 3,
  m: 6,
  mn: 6,
  mio: 6,
  million: 6,
  millions: 6,
  millionen: 6,
  milioni: 6,
  milione: 6,
  millones: 6,
  bn: 9,
  b: 9,
  mrd: 9,
  billion: 9,
  billions: 9,
  milliarde: 9,
  milliarden: 9,
  milliard: 9,
  milliards: 9,
  miliardi: 9,
  miliardo: 9,
}

export const scaleSource =
  '(?:thousand|tausend|Tsd\\.?|mille|mila|millions?|Millionen|milioni|milione|millones|Mio\\.?|Mrd\\.?|billions?|Milliarden?|milliards?|miliardi|miliardo|mn|bn|k|m|b)(?![a-zà-ÿ])'

/** A decimal string times a scale word (`3.5`, `million` give `3500000`), exact. */
export function scaled(decimal: string, scale: string | undefined): string {
  const zeros = scale ? (scales[scale.toLowerCase().replace('.', '')] ?? 0) : 0
  if (zeros === 0) return decimal
  const [whole = '0', fraction = ''] = decimal.split('.')
  const padded = fraction.padEnd(zeros, '0')
  const rest = padded.slice(zeros)
  return trimZeros(`${whole}${padded.slice(0, zeros)}${rest ? `.${rest}` : ''}`)
}

const numberWordList =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty'
const tens: Readonly<Record<string, number>> = {
  twenty: 20,
  thirty: 30,
  forty: 40,
  fifty: 50,
  sixty: 60,
  seventy: 70,
  eighty: 80,
  ninety: 90,
  hundred: 100,
}
const small = new Map<string, number>([
  ...numberWordList.split(' ').map((word, value): [string, number] => [word, value]),
  ...Object.entries(tens),
  ...'null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf'
    .split(' ')
    .map((word, value): [string, number] => [word, value]),
  ...'zéro un deux trois quatre cinq six sept huit neuf dix onze douze'
    .split(' ')
    .map((word, value): [string, number] => [word, value]),
  ...'zero uno due tre quattro cinque sei sette otto nove dieci undici dodici'
    .split(' ')
    .map((word, value): [string, number] => [word, value]),
  ...'cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce'
    .split(' ')
    .map((word, value): [string, number] => [word, value]),
  ...Object.entries({ a: 1, an: 1, eine: 1, einen: 1, einem: 1, einer: 1, une: 1, una: 1, half: 0.5 }),
])

/** Words that begin a written number, for the scanner. `a` and `an` count only before a unit. */
export const numberWords: readonly string[] = [...small.keys()]

/** `thirty`, `twenty-one`, `a`, `zwei` as a number; null for other words. */
export function numberOfWord(word: string): number | null {
  const lower = word.toLowerCase()
  const known = small.get(lower)
  if (known !== undefined) return known
  const [ten, one] = lower.split('-')
  const first = ten === undefined ? undefined : tens[ten]
  const second = one === undefined ? undefined : small.get(one)
  return first !== undefined && second !== undefined && second < 10 ? first + second : null
}
