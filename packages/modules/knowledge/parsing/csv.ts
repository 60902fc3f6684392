import Papa from 'papaparse'
import { decodeText, encodingWarnings } from './decode-text.ts'
import type { ReadResult } from './document.ts'
import { tableText } from './table-text.ts'

/** Reads comma, semicolon, tab or pipe separated values (RFC 4180 quoting); the delimiter is found from the content. The first row is the header. */
export function readCsv(bytes: Uint8Array): ReadResult {
  const decoded = decodeText(bytes)
  const { data, errors } = Papa.parse<string[]>(decoded.text, { skipEmptyLines: 'greedy' })
  const text = tableText(data)
  const damaged = errors.filter((error) => error.type !== 'Delimiter')
  const first = damaged[0]
  return {
    blocks: text ? [{ kind: 'table', text }] : [],
    warnings: [
      ...encodingWarnings(decoded),
      ...(first
        ? [`${damaged.length} row(s) are not well-formed; the first is row ${(first.row ?? 0) + 1}: ${first.message}.`]
        : []),
    ],
  }
}
