import { DocumentError } from './document-error.ts'

/** How much one document may cost. Sizes in bytes, times in milliseconds. */
export interface ParsingLimits {
  /** Size of the uploaded file. */
  maxBytes: number
  /** Sum of the uncompressed sizes of a ZIP container's entries. */
  maxUncompressedBytes: number
  /** Uncompressed to compressed size, for entries of a megabyte and more. */
  maxCompressionRatio: number
  maxArchiveEntries: number
  maxPages: number
  /** Characters of text over all blocks. */
  maxCharacters: number
  /** Wall-clock time of the parsing thread. */
  timeoutMs: number
  /** Heap of the parsing thread, in megabytes. */
  memoryMb: number
}

export const defaultLimits: ParsingLimits = {
  maxBytes: 100 * 1024 * 1024,
  maxUncompressedBytes: 512 * 1024 * 1024,
  maxCompressionRatio: 100,
  maxArchiveEntries: 10_000,
  maxPages: 5_000,
  maxCharacters: 20_000_000,
  timeoutMs: 120_000,
  memoryMb: 1024,
}

const numbers = new Intl.NumberFormat('en')

/** @throws DocumentError `too_large` when `value` is over `limit`. `what` completes "The file has 5,001 …". */
export function assertWithin(value: number, limit: number, what: string): void {
  if (value <= limit) return
  throw new DocumentError(
    'too_large',
    `The file has ${numbers.format(value)} ${what}; the limit is ${numbers.format(limit)}.`,
    'Split the document into smaller files and upload them one by one.',
  )
}
