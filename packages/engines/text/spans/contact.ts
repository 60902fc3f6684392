import { endsWord, type Finder, isWordCode, matchAt } from './span.ts'

/** Characters of the local part of an address as RFC 5322 allows them without quotes. */
const localCodes = new Uint8Array(128)
for (const character of "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.!#$%&'*+/=?^_`{|}~-")
  localCodes[character.charCodeAt(0)] = 1

const domain = /(?:[A-Za-z0-9à-ÿ](?:[A-Za-z0-9à-ÿ-]{0,61}[A-Za-z0-9à-ÿ])?\.)+[A-Za-z]{2,24}(?![A-Za-z0-9-])/y

/** E-mail addresses, anchored at the `@`: value in lower case (RFC 5321 lengths). */
export const emailAt: Finder = (text, at) => {
  let start = at
  while (start > 0 && at - start < 64 && (localCodes[text.charCodeAt(start - 1)] ?? 0) === 1) start--
  // Marks that are more likely the sentence's than the address's.
  while (start < at && /[.'*/=`{|?!&#]/.test(text[start] ?? '')) start++
  if (start === at || text[at - 1] === '.' || text.slice(start, at).includes('..')) return null
  const host = matchAt(domain, text, at + 1)
  if (!host || host[0].length > 255) return null
  const end = at + 1 + host[0].length
  return { kind: 'email', start, end, value: text.slice(start, end).toLowerCase(), unit: null }
}

const url = /(?:https?:\/\/|www\.)[^\s<>"'`{}|\\^]{1,2048}/iy

/** Web addresses that begin with `http://`, `https://` or `www.`, without the punctuation of the sentence. */
export const urlAt: Finder = (text, at) => {
  const match = matchAt(url, text, at)
  if (!match) return null
  const { 0: written } = match
  const count = (character: string, end: number) => written.slice(0, end).split(character).length
  let { length } = written
  for (;;) {
    const last = written[length - 1] ?? ''
    const unopened =
      (last === ')' && count(')', length) > count('(', length)) ||
      (last === ']' && count(']', length) > count('[', length))
    if (!/[.,;:!?*_]/.test(last) && !unopened) break
    length--
  }
  if (length < 8) return null
  return { kind: 'url', start: at, end: at + length, value: written.slice(0, length), unit: null }
}

const ipv4 = /(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.]*\d)/y

/** IPv4 addresses in dotted form. */
export const ipAt: Finder = (text, at) => {
  const match = matchAt(ipv4, text, at)
  return match ? { kind: 'ip', start: at, end: at + match[0].length, value: match[0], unit: null } : null
}

const international = /(?:\+|00)(\d{1,3})((?:[ \u00a0./-]{0,2}\(?\d{1,5}\)?){1,7})/y
const national = /(?:\(0?\d{2,5}\)|0\d{1,5}|\(?\d{3}\)?)((?:[ \u00a0./-]{1,2}\d{2,8}){1,5})/y
const extension = /,? (?:ext\.?|extension|x|Durchwahl|DW|int\.?|poste) ?(\d{1,6})(?!\d)/iy

/**
 * Telephone numbers by their shape: international ones (E.164: at most 15 digits) and national ones that begin with 0, an area code in
 * brackets or the North American 3-3-4. Value: digits with the plus, `;ext=` for an extension (RFC 3966).
 */
export const phoneAt: Finder = (text, at) => {
  const plus = matchAt(international, text, at)
  const match = plus ?? matchAt(national, text, at)
  if (!match) return null
  // A bracket that has no other half belongs to the sentence.
  const opens = match[0].split('(').length
  const closes = match[0].split(')').length
  const written =
    opens > closes
      ? match[0].replace(/[ ./-]*\(\d*$/, '')
      : closes > opens
        ? match[0].replace(/\)[^)]*$/, '')
        : match[0]
  // The trunk prefix is not dialled from abroad: `+49 (0)30`.
  const digits = (plus ? written.replace('(0)', '') : written).replace(/\D/g, '')
  const number = plus ? `+${written.startsWith('+') ? digits : digits.slice(2)}` : digits
  if (plus ? digits.length < 8 || number.length > 16 : !isNational(written, digits)) return null
  let end = at + written.length
  if (!endsWord(text, end) || /^[.,:/-]\d/.test(text.slice(end, end + 2))) return null
  const more = matchAt(extension, text, end)
  if (more) end += more[0].length
  return { kind: 'phone', start: at, end, value: number + (more ? `;ext=${more[1] ?? ''}` : ''), unit: null }
}

function isNational(written: string, digits: string): boolean {
  if (digits.length < 7 || digits.length > 13) return false
  if (/^\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}$/.test(written)) return true
  if (!/^(?:\(0?\d|0[1-9])/.test(written)) return false
  // 02.03.2026 and the like are dates that do not exist rather than numbers to call.
  return !/^\d{1,2}[./-]\d{1,2}[./-]\d{2,4}$/.test(written)
}

/** True when the number at `at` goes on from a word or another number before it. */
export function continuesWord(text: string, at: number): boolean {
  if (at === 0) return false
  const before = text.charCodeAt(at - 1)
  return isWordCode(before)
}
