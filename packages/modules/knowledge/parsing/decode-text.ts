/** Text of unknown encoding, decoded, and the encoding that was used. */
export interface DecodedText {
  text: string
  encoding: string
  /** True when nothing in the bytes named the encoding and they are not UTF-8, so Windows-1252 was assumed. */
  guessed: boolean
}

/**
 * Byte order mark first, then the declared encoding, then strict UTF-8, then Windows-1252 (which the WHATWG Encoding Standard also uses where a
 * page says ISO-8859-1). Line ends become `\n`.
 */
export function decodeText(bytes: Uint8Array, declared?: string): DecodedText {
  const marked = byteOrderMark(bytes)
  if (marked) return decoded(bytes, marked, false)
  const label = declared && knownEncoding(declared)
  if (label && label !== 'utf-8') return decoded(bytes, label, false)
  try {
    return {
      text: normaliseLines(new TextDecoder('utf-8', { fatal: true }).decode(bytes)),
      encoding: 'utf-8',
      guessed: false,
    }
  } catch {
    return decoded(bytes, 'windows-1252', true)
  }
}

function decoded(bytes: Uint8Array, encoding: string, guessed: boolean): DecodedText {
  return { text: normaliseLines(new TextDecoder(encoding).decode(bytes)), encoding, guessed }
}

function byteOrderMark(bytes: Uint8Array): string | null {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8'
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  return null
}

function knownEncoding(label: string): string | null {
  try {
    return new TextDecoder(label.trim()).encoding
  } catch {
    return null
  }
}

function normaliseLines(text: string): string {
  return text.replace(/\r\n?|\u2028|\u2029/g, '\n')
}

/** The warning that a guessed encoding deserves. */
export function encodingWarnings(text: DecodedText): string[] {
  return text.guessed
    ? ['The text is not UTF-8 and names no encoding; it was read as Windows-1252. Check accented letters.']
    : []
}
