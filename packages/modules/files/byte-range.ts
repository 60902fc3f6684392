/** Inclusive positions of a satisfiable range, `unsatisfiable` (416), or null when the whole is to be sent. */
export type ByteRange = { start: number; end: number } | 'unsatisfiable' | null

/**
 * Reads a `Range` header (RFC 9110, section 14.2) for an object of `size` bytes. Several ranges, other units and
 * malformed headers are ignored, which the RFC allows: the whole object is a right answer to each of them.
 */
export function parseRange(header: string | null, size: number): ByteRange {
  const match = /^bytes=\s*(\d*)-(\d*)\s*$/i.exec(header ?? '')
  if (!match) return null
  const [, first = '', last = ''] = match
  if (first === '' && last === '') return null
  if (first === '') {
    const suffix = Number(last)
    if (suffix === 0 || size === 0) return 'unsatisfiable'
    return { start: Math.max(0, size - suffix), end: size - 1 }
  }
  const start = Number(first)
  if (last !== '' && Number(last) < start) return null
  if (start >= size) return 'unsatisfiable'
  return { start, end: last === '' ? size - 1 : Math.min(Number(last), size - 1) }
}

/** Whether an `If-None-Match` header (RFC 9110, section 13.1.2, weak comparison) names this entity tag. */
export function matchesEtag(header: string | null, etag: string): boolean {
  if (header === null) return false
  if (header.trim() === '*') return true
  return header.split(',').some((part) => part.trim().replace(/^W\//, '') === etag)
}
