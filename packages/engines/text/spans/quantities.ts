import { decimalOf, numberSource } from './numbers.ts'
import { type Finder, matchAt } from './span.ts'

/** Unit symbols (case matters) and names, each with its UCUM-like symbol. */
const written: Readonly<Record<string, string>> = {
  '%': '% percent Prozent pourcent',
  '‰': '‰ permille',
  kg: 'kg kilogram kilograms kilogramm kilo kilos',
  g: 'g gram grams gramm grammes grammi',
  mg: 'mg milligram milligrams',
  µg: 'µg μg mcg',
  t: 't tonne tonnes Tonnen tonnellate toneladas',
  lb: 'lb lbs pounds-mass',
  oz: 'oz ounce ounces',
  km: 'km kilometer kilometers kilometre kilometres Kilometer chilometri kilómetros',
  m: 'm meter meters metre metres Meter metri metros mètres',
  cm: 'cm centimeter centimeters centimetre centimetres Zentimeter',
  mm: 'mm millimeter millimeters millimetre millimetres Millimeter',
  mi: 'mi mile miles',
  ft: 'ft foot feet',
  in: 'inch inches',
  'm²': 'm² m2 sqm',
  'm³': 'm³ m3 cbm',
  'ft²': 'sqft ft²',
  ha: 'ha hectare hectares Hektar',
  acre: 'acre acres',
  l: 'l L liter liters litre litres Liter litri litros',
  ml: 'ml mL milliliter milliliters millilitre millilitres',
  gal: 'gal gallon gallons',
  '°C': '°C ℃',
  '°F': '°F ℉',
  K: 'kelvin',
  W: 'W watt watts Watt',
  kW: 'kW kilowatt kilowatts',
  MW: 'MW megawatt megawatts',
  kWh: 'kWh',
  MWh: 'MWh',
  V: 'V volt volts',
  A: 'ampere amperes amps',
  Hz: 'Hz',
  kHz: 'kHz',
  MHz: 'MHz',
  GHz: 'GHz',
  B: 'byte bytes',
  kB: 'kB KB kilobytes',
  MB: 'MB megabyte megabytes',
  GB: 'GB gigabyte gigabytes',
  TB: 'TB terabyte terabytes',
  'km/h': 'km/h kmh',
  'mi/h': 'mph',
  'm/s': 'm/s',
  ms: 'ms milliseconds',
  Pa: 'Pa',
  kPa: 'kPa',
  bar: 'bar',
  mmHg: 'mmHg mm-Hg',
  'mg/dl': 'mg/dl mg/dL',
  'mmol/l': 'mmol/l mmol/L',
  bpm: 'bpm',
  pcs: 'pcs pieces Stück pezzi pièces piezas',
}
const symbolOf = new Map(
  Object.entries(written).flatMap(([symbol, list]) => list.split(' ').map((name): [string, string] => [name, symbol])),
)
/** Unit words that begin with a letter, lower case, for the scanner. */
export const unitWords: readonly string[] = [...symbolOf.keys()]
  .map((name) => (/^[\p{L}]+/u.exec(name)?.[0] ?? '').toLowerCase())
  .filter(Boolean)

const escaped = (name: string) => name.replace(/[/.°²³]/g, String.raw`\$&`)
const pattern = new RegExp(
  String.raw`(${numberSource})[ \u00a0\u202f-]?(${[...symbolOf.keys()]
    .sort((a, b) => b.length - a.length)
    .map(escaped)
    .join('|')})(?![\wà-ÿ²³/])`,
  'y',
)

/** `12.5 kg`, `80 km/h`, `37,2 °C`, `15 %`. */
export const quantityFromNumber: Finder = (text, at) => {
  const match = matchAt(pattern, text, at)
  if (!match) return null
  return {
    kind: 'quantity',
    start: at,
    end: at + match[0].length,
    value: decimalOf(match[1] ?? ''),
    unit: symbolOf.get(match[2] ?? '') ?? null,
  }
}
