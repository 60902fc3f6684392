import { invalidInput } from '@guildhall/kernel'

const longest = 200
const graphemes = new Intl.Segmenter()

/**
 * A name to show and to save under, from a name that somebody sent: the last segment of a path, normalised (NFC),
 * without control and direction-changing characters (`invoice\u202Efdp.exe` reads as `invoiceexe.pdf`), at most 200 characters with
 * the extension kept. Never used as a path.
 * @throws Problem 400 naming `name` when nothing is left.
 */
export function cleanFileName(given: string): string {
  const last = given.toWellFormed().normalize('NFC').split(/[/\\]/).at(-1) ?? ''
  const visible = last
    .replaceAll(/[\p{Cc}\u200E\u200F\u202A-\u202E\u2066-\u2069\u2028\u2029\uFEFF\uFFFD]/gu, '')
    .replaceAll(/\s+/gu, ' ')
    .trimStart()
    .replace(/[\s.]+$/u, '')
  const name = shorten(visible)
  if (!/[^.\s]/u.test(name))
    throw invalidInput([{ field: 'name', message: 'must be a file name, for instance report.pdf' }])
  return name
}

function shorten(name: string): string {
  const characters = Array.from(graphemes.segment(name), ({ segment }) => segment)
  if (characters.length <= longest) return name
  const extension = /\.[^.\s]{1,15}$/u.exec(name)?.[0] ?? ''
  return characters.slice(0, longest - extension.length).join('') + extension
}

/** Extension in lower case without the dot; empty when there is none. */
export function extensionOf(name: string): string {
  return /[^.]\.([^.\s]+)$/u.exec(name)?.[1]?.toLowerCase() ?? ''
}

/** The header of RFC 6266: a quoted ASCII name for old clients and the true one in RFC 8187 encoding. */
export function contentDisposition(type: 'attachment' | 'inline', name: string): string {
  const ascii = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^\x20-\x7E]|["\\%]/gu, '_')
  const header = `${type}; filename="${ascii}"`
  return ascii === name ? header : `${header}; filename*=UTF-8''${encodeExtended(name)}`
}

/** RFC 8187, section 3.2.1: only `attr-char` stays as it is. */
function encodeExtended(text: string): string {
  return encodeURIComponent(text).replaceAll(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
}
