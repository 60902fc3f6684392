import { passesGs1, passesLuhn, passesMod11_10, remainder97 } from './check-digits.ts'
import { endsWord, type Finder, type Found, matchAt } from './span.ts'

/** Length of an IBAN by country (SWIFT IBAN registry). */
const ibanLength: Readonly<Record<string, number>> = Object.fromEntries(
  `AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27
  GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28
  PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20`
    .split(/\s+/)
    .map((entry): [string, number] => [entry.slice(0, 2), Number(entry.slice(2))]),
)

/** Groups of four that hold digits, but for the letters of a bank in the first one: looser shapes would swallow words. */
const ibanGroups = /[A-Z]{2}\d{2}(?:[ -]?[A-Z]{4})?(?:[ -]?(?=[A-Z]*\d)[A-Z0-9]{4}){2,7}(?:[ -]?\d{1,3})?(?!\w)/y
const ibanShape = /[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}/iy
const ibanRun = /[A-Z]{2}\d{2}(?=(?:[A-Z]*\d){8})[A-Z0-9]{10,32}(?!\w)/y
/** A digit typed twice or left out. */
const lengthSlip = 2

/** IBANs whose length fits the country and whose check digits hold (ISO 13616-1, MOD 97-10). */
export const ibanAt: Finder = (text, at) => {
  const length = ibanLength[text.slice(at, at + 2).toUpperCase()]
  if (length === undefined) return null
  const match = matchAt(ibanShape, text, at)
  if (!match) return null
  let compact = ''
  let end = at
  while (end < at + match[0].length && compact.length < length) {
    const character = text[end] ?? ''
    if (character !== ' ' && character !== '-') compact += character
    end++
  }
  if (compact.length !== length || !endsWord(text, end)) return null
  const value = compact.toUpperCase()
  return isIban(value) ? { kind: 'iban', start: at, end, value, unit: value.slice(0, 2) } : null
}

/**
 * What is written like an IBAN and is none: of a known country and about its length, or called an IBAN, but with wrong check
 * digits or a wrong length. Somebody's account all the same.
 */
export const invalidIbanAt: Finder = (text, at) => {
  const match = matchAt(ibanGroups, text, at) ?? matchAt(ibanRun, text, at)
  if (!match) return null
  const value = match[0].replace(/[ -]/g, '')
  const country = value.slice(0, 2)
  const slip = Math.abs((ibanLength[country] ?? Infinity) - value.length)
  const isCalled = /\bIBAN\W{0,3}$/i.test(text.slice(Math.max(0, at - 8), at))
  if (isIban(value) || (slip > lengthSlip && !(isCalled && value.length >= 15))) return null
  return { kind: 'invalid-iban', start: at, end: at + match[0].length, value, unit: country }
}

/** Where something that is written like an IBAN of a known country ends; `at` when nothing is. */
export function endOfIbanShape(text: string, at: number): number {
  const match = ibanLength[text.slice(at, at + 2)] === undefined ? null : matchAt(ibanGroups, text, at)
  return at + (match?.[0].length ?? 0)
}

/** Whether a compact IBAN (capitals, no spaces) has its country's length and right check digits. */
export function isIban(compact: string): boolean {
  return (
    ibanLength[compact.slice(0, 2)] === compact.length &&
    /^[A-Z]{2}\d{2}[A-Z0-9]+$/.test(compact) &&
    remainder97(compact.slice(4) + compact.slice(0, 4)) === 1
  )
}

const cardShape = /(?:\d[ -]?){12,18}\d(?![\d])/y
const issuers = /^(?:4|5[1-5]|2[2-7]|3[47]|3[0689]|6(?:011|4[4-9]|5)|35|62|50|5[6-9]|6)/

/** Payment card numbers: 13 to 19 digits of a known issuer with Luhn's check. */
export const cardAt: Finder = (text, at) => {
  const match = matchAt(cardShape, text, at)
  if (!match || !endsWord(text, at + match[0].length)) return null
  const digits = match[0].replace(/\D/g, '')
  if (!issuers.test(digits) || !passesLuhn(digits) || /^(\d)\1+$/.test(digits)) return null
  return { kind: 'card', start: at, end: at + match[0].length, value: digits, unit: null }
}

const national = (at: number, length: number, value: string, country: string): Found => ({
  kind: 'national-id',
  start: at,
  end: at + length,
  value,
  unit: country,
})

/** National numbers that begin with a digit, each with its own check; the United States' number has none but a shape. */
export const nationalIdFromNumber: Finder = (text, at) => {
  const us = matchAt(/(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\d-])/y, text, at)
  if (us) return national(at, us[0].length, us[0].replaceAll('-', ''), 'US')
  const swiss = matchAt(/756\.?\d{4}\.?\d{4}\.?\d{2}(?!\d)/y, text, at)
  if (swiss && passesGs1(swiss[0].replaceAll('.', '')))
    return national(at, swiss[0].length, swiss[0].replaceAll('.', ''), 'CH')
  const french = matchAt(
    /[12][ ]?\d{2}[ ]?(?:0[1-9]|1[0-2]|[2-9]\d)[ ]?\d{2}[ ]?\d{3}[ ]?\d{3}[ ]?\d{2}(?!\d)/y,
    text,
    at,
  )
  if (french) {
    const digits = french[0].replaceAll(' ', '')
    if (97 - remainder97(digits.slice(0, 13)) === Number(digits.slice(13)))
      return national(at, french[0].length, digits, 'FR')
  }
  const german = matchAt(/[1-9]\d[ ]?\d{3}[ ]?\d{3}[ ]?\d{3}(?!\d)/y, text, at)
  if (german) {
    const digits = german[0].replaceAll(' ', '')
    if (hasTaxNumberDigits(digits) && passesMod11_10(digits)) return national(at, german[0].length, digits, 'DE')
  }
  const spanish = matchAt(/\d{8}-?[A-HJ-NP-TV-Z](?![\w])/y, text, at)
  if (spanish && spanishLetter(Number(spanish[0].slice(0, 8))) === spanish[0].at(-1))
    return national(at, spanish[0].length, spanish[0].replace('-', ''), 'ES')
  return null
}

/** One of the first ten digits occurs two or three times (Identifikationsmerkmal, since 2016). */
function hasTaxNumberDigits(digits: string): boolean {
  const counts = Array.from({ length: 10 }, (_, digit) => digits.slice(0, 10).split(String(digit)).length - 1)
  return counts.filter((count) => count >= 2).length === 1 && counts.every((count) => count <= 3)
}

const spanishLetter = (number: number) => 'TRWAGMYFPDXBNJZSQVHLCKE'[number % 23]

const fiscalCode = /[A-Z]{6}\d{2}[ABCDEHLMPRST]\d{2}[A-Z]\d{3}[A-Z](?!\w)/y
const foreigner = /[XYZ]-?\d{7}-?[A-Z](?!\w)/y
const insurance = /(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D](?!\w)/y

/** National numbers that begin with capitals: Italian codice fiscale, Spanish NIE, British National Insurance number. */
export const nationalIdFromLetter: Finder = (text, at) => {
  const italian = matchAt(fiscalCode, text, at)
  if (italian && fiscalCheck(italian[0].slice(0, 15)) === italian[0][15]) return national(at, 16, italian[0], 'IT')
  const spanish = matchAt(foreigner, text, at)
  if (spanish) {
    const compact = spanish[0].replaceAll('-', '')
    const number = Number(`${String('XYZ'.indexOf(compact[0] ?? ''))}${compact.slice(1, 8)}`)
    if (spanishLetter(number) === compact[8]) return national(at, spanish[0].length, compact, 'ES')
  }
  const british = matchAt(insurance, text, at)
  return british ? national(at, british[0].length, british[0].replaceAll(' ', ''), 'GB') : null
}

/** Values at odd places of the codice fiscale (Decreto Ministeriale 23 December 1976), for 0-9 and A-Z. */
const oddPlaces = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23]

function fiscalCheck(first15: string): string {
  let sum = 0
  for (const [index, character] of first15.split('').entries()) {
    const value = /\d/.test(character) ? Number(character) : character.charCodeAt(0) - 65
    sum += index % 2 === 0 ? (oddPlaces[value] ?? 0) : value
  }
  return String.fromCharCode(65 + (sum % 26))
}
