/**
 * Why a file could not be read:
 * `empty` nothing in it; `encrypted` needs a password; `corrupt` damaged or against its format's rules; `too_large` over a limit of size, pages,
 * text or memory; `archive_bomb` expands far beyond its size; `unsupported` not a format we read; `type_mismatch` the content is not what the name
 * says; `timeout` took longer than allowed; `no_text` readable but without text, for instance a scan.
 */
export const documentErrorCodes = [
  'empty',
  'encrypted',
  'corrupt',
  'too_large',
  'archive_bomb',
  'unsupported',
  'type_mismatch',
  'timeout',
  'no_text',
] as const

export type DocumentErrorCode = (typeof documentErrorCodes)[number]

/** A file that cannot become knowledge, with what its owner can do about it. Both texts are shown to people. */
export class DocumentError extends Error {
  readonly code: DocumentErrorCode
  readonly remedy: string

  constructor(code: DocumentErrorCode, message: string, remedy: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'DocumentError'
    this.code = code
    this.remedy = remedy
  }
}

/** A damaged file, as each reader reports it when its library gives up. */
export function corrupt(what: string, cause?: unknown): DocumentError {
  return new DocumentError(
    'corrupt',
    what,
    'Open the file in the program that made it, save it again and upload the new copy.',
    cause,
  )
}

/** A file that only its password opens. */
export function encryptedFile(): DocumentError {
  return new DocumentError(
    'encrypted',
    'The file is protected with a password.',
    'Remove the password in the program that made it and upload it again.',
  )
}
