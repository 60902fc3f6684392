import type { Work } from '../../contract/index.ts'
import {
  cardAt,
  endOfIbanShape,
  ibanAt,
  invalidIbanAt,
  nationalIdFromLetter,
  nationalIdFromNumber,
} from './accounts.ts'
import { addressFromNumber, addressFromWord, streetEnding, streetNouns, streetWords } from './addresses.ts'
import { classOf, digit, euro, letter, mark } from './character-classes.ts'
import { continuesWord, emailAt, ipAt, phoneAt, urlAt } from './contact.ts'
import { dateFromMonth, dateFromNumber, monthWords, relativeDate, relativeWords } from './dates.ts'
import { durationFromNumber, durationFromWord, durationWords } from './durations.ts'
import { currencyWords, moneyFromCurrency, moneyFromNumber, moneyFromWord } from './money.ts'
import { numberWords } from './numbers.ts'
import { companyAt, legalWords, personAt, roleAt, titleWords } from './parties.ts'
import { quantityFromNumber, unitWords } from './quantities.ts'
import type { Finder, Found, ScanSettings, SpanKind } from './span.ts'
import { addWords, flag, flagsOf, hashSeed, stepHash } from './word-flags.ts'

addWords(monthWords, flag.month)
addWords(relativeWords, flag.relative)
addWords(numberWords, flag.numberWord)
addWords(durationWords, flag.duration)
addWords(currencyWords, flag.currency)
addWords(unitWords, flag.unit)
addWords(legalWords, flag.legal)
addWords(titleWords, flag.title)
addWords([...streetWords, ...streetNouns], flag.street)
addWords(['http', 'https', 'www'], flag.link)
addWords('rue avenue av boulevard bd place chemin impasse allée quai route cours bis ter'.split(' '), flag.frenchStreet)

/** Characters between two looks at the clock. */
const charactersAtOnce = 65_536

interface Scanned {
  found: Found[]
  /** Characters that were read before the time limit. */
  read: number
}

/** Characters that are looked at to tell what kind of number one is. */
const longestNumber = 48

/** One pass over the text: a rule is tried only where a digit, a mark or a known word can begin it. Nothing overlaps. */
export function scan(text: string, kinds: ReadonlySet<SpanKind>, settings: ScanSettings, work: Work): Scanned {
  const wants = (kind: SpanKind) => kinds.has(kind)
  const [date, duration, money, quantity] = [wants('date'), wants('duration'), wants('money'), wants('quantity')]
  const [email, url, ip, phone] = [wants('email'), wants('url'), wants('ip'), wants('phone')]
  const [iban, invalidIban, card] = [wants('iban'), wants('invalid-iban'), wants('card')]
  const [id, address, company, person, role] = [
    wants('national-id'),
    wants('address'),
    wants('company'),
    wants('person'),
    wants('role'),
  ]
  const found: Found[] = []
  /** End of the last span: nothing may begin before it. */
  let taken = 0
  const { length } = text

  const take = (finder: Finder, at: number): boolean => {
    const span = finder(text, at, settings)
    if (!span || span.start < taken || span.end <= at) return false
    found.push(span)
    taken = span.end
    return true
  }

  const atWord = (at: number, end: number, bits: number): boolean => {
    if (bits & flag.link && url && take(urlAt, at)) return true
    if (bits & flag.month && date && take(dateFromMonth, at)) return true
    if (bits & flag.relative && date && take(relativeDate, at)) return true
    if (bits & flag.currency && money && take(moneyFromCurrency, at)) return true
    if (bits & flag.numberWord) {
      if (duration && take(durationFromWord, at)) return true
      if (money && take(moneyFromWord, at)) return true
    }
    if (bits & flag.street && address && take(addressFromWord, at)) return true
    if (bits & flag.title && person && take(personAt, at)) return true
    if (bits & flag.legal && company && take(companyAt, at)) return true
    return end < 0
  }

  const atCapital = (at: number, end: number): boolean => {
    const second = text.charCodeAt(at + 1)
    const upper = second >= 65 && second <= 90
    if (upper) {
      const third = text.charCodeAt(at + 2)
      const isDigit = third >= 48 && third <= 57
      if (isDigit && end - at >= 4) {
        if (iban && take(ibanAt, at)) return true
        if (invalidIban && take(invalidIbanAt, at)) return true
        // The groups of its digits are no telephone numbers.
        taken = Math.max(taken, endOfIbanShape(text, at))
      }
      if (id && (isDigit || end - at === 16 || (third === 32 && end - at === 2)) && take(nationalIdFromLetter, at))
        return true
    } else if (id && end - at >= 8 && second >= 48 && second <= 57 && take(nationalIdFromLetter, at)) return true
    if (!address || end - at < 5) return false
    const last = text.charCodeAt(end - 1) | 32
    // Only e, r, g, z, m, n end a German street's name.
    const mayBeStreet = last === 101 || last === 114 || last === 103 || last === 122 || last === 109 || last === 110
    if (!mayBeStreet || (text.charCodeAt(end) !== 32 && text.charCodeAt(end) !== 46)) return false
    const after = text.charCodeAt(text.charCodeAt(end) === 46 ? end + 2 : end + 1)
    return after >= 48 && after <= 57 && streetEnding.test(text.slice(at, end)) && take(addressFromWord, at)
  }

  const atNumber = (at: number): boolean => {
    // How far digits with marks between them go, and how many they are.
    const reach = Math.min(length, at + longestNumber)
    let end = at
    let digits = 0
    let run = 0
    let firstMark = 0
    for (; end < reach; end++) {
      const code = text.charCodeAt(end)
      if (code >= 48 && code <= 57) {
        digits++
        run = 0
      } else {
        if (firstMark === 0) firstMark = code
        // Space, brackets, dash, dot, slash, no-break space.
        if (
          !(code === 32 || code === 40 || code === 41 || code === 45 || code === 46 || code === 47 || code === 0xa0) ||
          ++run > 2
        )
          break
      }
    }
    const marked = firstMark === 45 || firstMark === 46 || firstMark === 47
    if (marked && date && take(dateFromNumber, at)) return true
    if (digits >= 7) {
      if (ip && firstMark === 46 && take(ipAt, at)) return true
      if (card && digits >= 13 && take(cardAt, at)) return true
      if (id && digits >= 8 && take(nationalIdFromNumber, at)) return true
      if (phone && take(phoneAt, at)) return true
    } else if (ip && firstMark === 46 && digits >= 4 && take(ipAt, at)) return true
    // The word after the number decides which rules are worth a try.
    let number = at
    for (; number < reach; number++) {
      const code = text.charCodeAt(number)
      if (code >= 48 && code <= 57) continue
      const next = text.charCodeAt(number + 1)
      const inside =
        (code === 44 ||
          code === 46 ||
          code === 39 ||
          code === 0x2019 ||
          code === 32 ||
          code === 0xa0 ||
          code === 0x202f) &&
        next >= 48 &&
        next <= 57
      if (!inside) break
    }
    let word = number
    for (let skipped = 0; skipped < 4; skipped++) {
      const code = text.charCodeAt(word)
      if (
        code === 32 ||
        code === 45 ||
        code === 46 ||
        code === 0xa0 ||
        code === 0x2013 ||
        code === 44 ||
        code === 41 ||
        code === 40
      )
        word++
      else break
    }
    const first = text.charCodeAt(word)
    if (first === 37 || first === 176 || first === 0x2030 || first === 181 || first === 956)
      return quantity && take(quantityFromNumber, at)
    if (first === 36 || first === 163 || first === 165 || first === euro) return money && take(moneyFromNumber, at)
    if (classOf(first) !== letter) return false
    let hash = hashSeed
    let stop = word
    for (; stop < length && classOf(text.charCodeAt(stop)) === letter; stop++)
      hash = stepHash(hash, text.charCodeAt(stop))
    const bits = flagsOf(hash)
    // `14th of March`, `14 de marzo`, `3 Mio. Euro`, `30 calendar days`: a short or a qualifying word stands between.
    const between =
      stop - word <= 2 ||
      /^(?:th|day|million|mio|mrd|calendar|business|working|full|thousand|consecutive|billion|tausend|milli|mila|werktag)/i.test(
        text.slice(word, word + 11),
      )
    if (date && (bits & flag.month || between) && take(dateFromNumber, at)) return true
    if (duration && (bits & flag.duration || between) && take(durationFromNumber, at)) return true
    if (money && (bits & flag.currency || between || first === 85) && take(moneyFromNumber, at)) return true
    if (quantity && bits & flag.unit && take(quantityFromNumber, at)) return true
    const spaced = text.charCodeAt(number) === 32 || number - at <= 5
    const capital = (first >= 65 && first <= 90) || (first >= 0xc0 && first <= 0xde)
    return address && spaced && (capital || (bits & flag.frenchStreet) !== 0 || between) && take(addressFromNumber, at)
  }

  let at = 0
  for (let look = 0; at < length;) {
    if (at >= look) {
      if (work.expired()) break
      work.progress(at / length, 'reading')
      look = at + charactersAtOnce
    }
    const code = text.charCodeAt(at)
    const kind = classOf(code)
    if (kind === letter) {
      let hash = hashSeed
      let end = at
      let inner = 0
      for (; end < length; end++) {
        const next = text.charCodeAt(end)
        const nextClass = classOf(next)
        if (nextClass !== letter && nextClass !== digit) break
        inner |= nextClass
        hash = stepHash(hash, next)
      }
      const bits = inner === letter ? flagsOf(hash) : 0
      const capital = code >= 65 && code <= 90
      if (
        (bits !== 0 && atWord(at, end, bits)) ||
        (capital ? end - at > 1 && atCapital(at, end) : inner !== letter && iban && end - at >= 4 && take(ibanAt, at))
      )
        at = Math.max(taken, at + 1)
      else at = end
    } else if (kind === digit) {
      if (!continuesWord(text, at) && atNumber(at)) at = Math.max(taken, at + 1)
      else {
        at++
        while (at < length && classOf(text.charCodeAt(at)) === digit) at++
        // The rest of the number is no number of its own.
        while (
          at + 1 < length &&
          (text.charCodeAt(at) === 46 || text.charCodeAt(at) === 44) &&
          classOf(text.charCodeAt(at + 1)) === digit
        ) {
          at++
          while (at < length && classOf(text.charCodeAt(at)) === digit) at++
        }
      }
    } else if (kind === mark) {
      const hit =
        code === 64
          ? email && takeEmail(at)
          : code === 40
            ? (role && take(roleAt, at)) || (phone && take(phoneAt, at))
            : code === 43
              ? phone && take(phoneAt, at)
              : money && take(moneyFromCurrency, at)
      at = hit ? Math.max(taken, at + 1) : at + 1
    } else at++
  }
  return { found, read: at }

  /** The local part lies behind: whatever was found inside of it is dropped. */
  function takeEmail(at: number): boolean {
    const span = emailAt(text, at, settings)
    if (!span) return false
    while (found.length > 0 && (found.at(-1)?.end ?? 0) > span.start) found.pop()
    found.push(span)
    taken = span.end
    return true
  }
}
