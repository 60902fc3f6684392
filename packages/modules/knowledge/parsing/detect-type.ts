import { fileTypeFromBuffer } from 'file-type'
import { readArchive } from './archive.ts'
import { decodeText } from './decode-text.ts'
import { DocumentError, encryptedFile } from './document-error.ts'
import { type DocumentFormat, formatOfExtension, mediaTypes, supportedFormats } from './document.ts'
import type { ParsingLimits } from './limits.ts'

const textFormats: ReadonlySet<DocumentFormat> = new Set(['csv', 'html', 'markdown', 'text', 'eml', 'vtt', 'srt'])

/**
 * Finds a file's format from its content; the name (or, without an extension, the media type) decides only between formats that are all plain
 * text. A file whose content is not what its name says is refused rather than guessed at.
 *
 * @throws DocumentError `empty`, `unsupported`, `type_mismatch`, `encrypted`, `corrupt` or `archive_bomb`
 */
export async function detectType(
  bytes: Uint8Array,
  filename: string,
  mediaType: string | undefined,
  limits: ParsingLimits,
): Promise<DocumentFormat> {
  if (bytes.byteLength === 0)
    throw new DocumentError('empty', 'The file is empty.', 'Check that the upload was complete and try again.')
  const extension = /\.([^./\\]+)$/.exec(filename)?.[1]?.toLowerCase()
  const named = extension === undefined ? formatOfMediaType(mediaType) : formatOfExtension[extension]
  const content = await binaryFormat(bytes, extension, limits)
  if (content) {
    if (named && named !== content) throw mismatch(filename, named, content.toUpperCase())
    if (!named && extension !== undefined) throw unsupportedName(extension)
    return content
  }
  if (named && !textFormats.has(named)) throw mismatch(filename, named, 'text')
  if (extension !== undefined && !named) throw unsupportedName(extension)
  return textFormat(bytes, filename, named)
}

/** The format of a container with a signature, or null for text. */
async function binaryFormat(
  bytes: Uint8Array,
  extension: string | undefined,
  limits: ParsingLimits,
): Promise<DocumentFormat | null> {
  if (startsWith(bytes, [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1])) throw compoundFile(bytes)
  if (startsWith(bytes, [0x50, 0x4b, 0x03, 0x04]) || startsWith(bytes, [0x50, 0x4b, 0x05, 0x06]))
    return officeFormat(bytes, limits)
  // Readers accept a PDF header anywhere in the first kilobyte (ISO 32000-1, annex H, note 13).
  if (latin1(bytes.subarray(0, 1024)).includes('%PDF-')) return 'pdf'
  const known = await fileTypeFromBuffer(bytes).catch(() => undefined)
  if (known && !isTextual(known.mime)) {
    const named = extension === undefined ? undefined : formatOfExtension[extension]
    const what = `${known.ext.toUpperCase()} (${known.mime})`
    if (named) throw mismatch(`*.${extension}`, named, what)
    throw new DocumentError(
      'unsupported',
      `The file is ${what}, which cannot be read as a document.`,
      `Upload ${supportedFormats}.`,
    )
  }
  if (isBinary(bytes)) {
    throw new DocumentError(
      'unsupported',
      'The content is neither text nor a known document format.',
      `Upload ${supportedFormats}.`,
    )
  }
  return null
}

async function officeFormat(bytes: Uint8Array, limits: ParsingLimits): Promise<DocumentFormat> {
  const { names } = await readArchive(bytes, () => false, limits)
  if (names.includes('word/document.xml')) return 'docx'
  if (names.includes('ppt/presentation.xml')) return 'pptx'
  if (names.includes('xl/workbook.xml')) return 'xlsx'
  if (names.includes('EncryptedPackage')) throw encryptedFile()
  // Office packages may place their main part elsewhere; the content types name it then.
  if (names.includes('[Content_Types].xml')) {
    const { files } = await readArchive(bytes, (name) => name === '[Content_Types].xml', limits)
    const types = latin1(files.get('[Content_Types].xml') ?? new Uint8Array())
    if (types.includes('wordprocessingml.document.main')) return 'docx'
    if (types.includes('spreadsheetml.sheet.main')) return 'xlsx'
    if (types.includes('presentationml.presentation.main')) return 'pptx'
  }
  throw new DocumentError(
    'unsupported',
    'The file is a ZIP archive, not an Office document.',
    `Unpack it and upload the documents inside: ${supportedFormats}.`,
  )
}

function textFormat(bytes: Uint8Array, filename: string, named: DocumentFormat | undefined): DocumentFormat {
  const { text } = decodeText(bytes.subarray(0, 64 * 1024))
  const start = text.trimStart()
  const isVtt = /^WEBVTT(?:[ \t\n]|$)/.test(start)
  const isSrt = /^\d+\s*\n\d{1,2}:\d{2}:\d{2}[,.]\d{1,3}\s*-->/.test(start)
  const isHtml = /^(?:<\?xml[^>]*>\s*)?(?:<!--[\s\S]*?-->\s*)*(?:<!doctype html|<html|<head|<body)/i.test(start)
  if (named === 'vtt' && !isVtt)
    throw mismatch(filename, named, isSrt ? 'SRT' : 'text that does not start with "WEBVTT"')
  if (named === 'srt' && !isSrt)
    throw mismatch(filename, named, isVtt ? 'WebVTT' : 'text without a numbered, timed cue at the start')
  if (named === 'eml' && !looksLikeMessage(bytes))
    throw mismatch(filename, named, 'text without the header lines of a message')
  if (named && named !== 'text') return named
  if (isVtt) return 'vtt'
  if (isSrt) return 'srt'
  if (isHtml) return 'html'
  if (!named && looksLikeMessage(bytes)) return 'eml'
  return 'text'
}

/** True when the text starts with at least two header fields of which one is a message's own (RFC 5322, section 3.6). */
function looksLikeMessage(bytes: Uint8Array): boolean {
  const start = decodeText(bytes.subarray(0, 8192)).text
  const header = start.split('\n\n')[0] ?? ''
  const fields = header.split('\n').filter((line) => /^[!-9;-~]+:/.test(line))
  return (
    fields.length >= 2 && fields.some((line) => /^(from|to|subject|date|received|message-id|mime-version):/i.test(line))
  )
}

function formatOfMediaType(mediaType: string | undefined): DocumentFormat | undefined {
  const bare = mediaType?.split(';')[0]?.trim().toLowerCase()
  const found = Object.entries(mediaTypes).find(([, type]) => type === bare)?.[0]
  return Object.values(formatOfExtension).find((format) => format === found)
}

/** Old Office files and password-protected new ones share this container (MS-CFB); stream names are UTF-16. */
function compoundFile(bytes: Uint8Array): DocumentError {
  const directory = new TextDecoder('utf-16le').decode(bytes.subarray(0, bytes.byteLength - (bytes.byteLength % 2)))
  if (directory.includes('EncryptedPackage')) return encryptedFile()
  return new DocumentError(
    'unsupported',
    'The file is in the Office format used before 2007 (.doc, .xls, .ppt) or an Outlook message (.msg).',
    'Save it as DOCX, XLSX, PPTX, PDF or EML and upload that.',
  )
}

function startsWith(bytes: Uint8Array, signature: readonly number[]): boolean {
  return signature.every((byte, index) => bytes[index] === byte)
}

function isTextual(mime: string): boolean {
  return /^text\/|xml$|json$|subrip$/.test(mime)
}

/** Text has no NUL (outside UTF-16, which starts with a byte order mark) and hardly any other control characters. */
function isBinary(bytes: Uint8Array): boolean {
  if (startsWith(bytes, [0xff, 0xfe]) || startsWith(bytes, [0xfe, 0xff])) return false
  const sample = bytes.subarray(0, 64 * 1024)
  let controls = 0
  for (const byte of sample) {
    if (byte === 0) return true
    if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 12 && byte !== 13 && byte !== 27) controls++
  }
  return controls > sample.length * 0.01
}

function latin1(bytes: Uint8Array): string {
  return new TextDecoder('latin1').decode(bytes)
}

function mismatch(filename: string, named: DocumentFormat, actual: string): DocumentError {
  return new DocumentError(
    'type_mismatch',
    `"${filename}" is named as ${named.toUpperCase()}, but its content is ${actual}.`,
    'Give the file the extension of its real format, or save it again in the format that its name says.',
  )
}

function unsupportedName(extension: string): DocumentError {
  return new DocumentError('unsupported', `Files named .${extension} are not read.`, `Upload ${supportedFormats}.`)
}
