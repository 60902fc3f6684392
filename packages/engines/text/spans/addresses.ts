import { endsWord, type Finder, matchAt } from './span.ts'

const name = String.raw`(?:(?:St|Ste|Mt|Ft|S)\. )?\p{Lu}[\p{L}'’-]*`
const town = String.raw`${name}(?:[ -](?:(?:am|an der|im|in|sur|sous|de|del|della|di|la|le|les|upon|of)[ -])?${name}){0,3}`
const englishSuffix =
  'Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Square|Sq|Way|Place|Pl|Terrace|Highway|Hwy|Parkway|Pkwy|Close|Crescent|Gardens|Grove|Mews|Circle|Trail'
const states =
  'A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]'

/** `221B Baker Street, London NW1 6XE`; `1600 Pennsylvania Avenue NW, Washington, DC 20500`. */
const english = new RegExp(
  String.raw`\d{1,5}[A-Za-z]?(?:-\d{1,5})? (?:(?:N|S|E|W|North|South|East|West)\.? )?(?:(?:${name}|\d{1,3}(?:st|nd|rd|th)) ){1,3}(?:${englishSuffix})(?![\p{L}])\.?(?: (?:NE|NW|SE|SW))?(?:,? (?:Suite|Ste\.?|Apt\.?|Unit|Floor|#) ?[\w-]{1,6})?(?:,? ${town})?(?:,? (?:${states}) \d{5}(?:-\d{4})?|,? [A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2})?(?![\p{L}\p{N}])`,
  'uy',
)
/** `12 rue de la Paix, 75002 Paris`. */
const french = new RegExp(
  String.raw`\d{1,4}(?: ?(?:bis|ter))?,? (?:rue|avenue|av\.|boulevard|bd|place|chemin|impasse|allée|quai|route|cours)(?: (?:de|du|des|d['’]|la|le|les|l['’]|[\p{L}'’.-]+)){1,6}?(?:,? \d{5} ${town}|(?=[,.;\n]|$))`,
  'uiy',
)
/** The number, postcode and town after the name of a street: `5, 10115 Berlin`. */
const afterStreet = new RegExp(
  String.raw`(?:,? n[.°º] ?|,? )(\d{1,4}(?: ?[a-z](?![\p{L}]))?(?:[-/]\d{1,4})?)(?:,? (?:[A-Z]{1,2}-)?\d{4,5} ${town})?`,
  'uy',
)
const romance = new RegExp(
  String.raw`(?:Via|Viale|Piazza|Corso|Largo|Vicolo|Calle|Avenida|Avda\.?|Plaza|Paseo|Carrer)(?: (?:de|del|della|dei|degli|delle|di|la|las|los|el|${name})){1,5}`,
  'uy',
)
const germanStreet =
  /(?:\p{Lu}[\p{L}-]*(?:stra(?:ß|ss)e|str\.|weg|platz|allee|gasse|ring|ufer|damm|graben)|(?:\p{Lu}[\p{L}-]+ ){1,2}(?:Straße|Strasse|Str\.|Weg|Platz|Allee|Gasse|Ring|Ufer|Damm))/uy
const box = new RegExp(
  String.raw`(?:P\.? ?O\.? Box|Postfach|Casella postale|Boîte postale|Apartado) \d{1,6}(?:,? \d{4,5} ${town})?`,
  'uiy',
)

const found = (at: number, length: number) => ({
  kind: 'address' as const,
  start: at,
  end: at + length,
  value: null,
  unit: null,
})

/** Addresses that begin with the house number: English and French. */
export const addressFromNumber: Finder = (text, at) => {
  const match = matchAt(english, text, at) ?? matchAt(french, text, at)
  return match && endsWord(text, at + match[0].length) ? found(at, match[0].length) : null
}

/** Addresses that begin with the street: German, Italian, Spanish; post office boxes. */
export const addressFromWord: Finder = (text, at) => {
  const boxed = matchAt(box, text, at)
  if (boxed) return found(at, boxed[0].length)
  const street = matchAt(romance, text, at) ?? matchAt(germanStreet, text, at)
  if (!street) return null
  const number = matchAt(afterStreet, text, at + street[0].length)
  return number ? found(at, street[0].length + number[0].length) : null
}

/** Whether a word may begin `addressFromWord`, by its ending; checked before the expression is tried. */
export const streetEnding = /(?:stra(?:ß|ss)e|str|weg|platz|allee|gasse|ring|ufer|damm|graben)$/i
export const streetWords: readonly string[] =
  'via viale piazza corso largo vicolo calle avenida avda plaza paseo carrer po postfach casella boîte apartado'.split(
    ' ',
  )
/** German street nouns that stand alone after one or two capitalised words. */
export const streetNouns: readonly string[] = 'straße strasse allee gasse ufer damm'.split(' ')
