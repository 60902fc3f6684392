import { fileTypeFromBuffer } from 'file-type'
import { Problem } from '@guildhall/kernel'
import { contentOfCompoundFile, type CompoundContent } from './compound-file.ts'
import { extensionOf } from './file-name.ts'

/** Bytes from the start of a file that its type is read from. */
export const sampleBytes = 64 * 1024

const textTypes: Record<string, string> = {
  txt: 'text/plain',
  log: 'text/plain',
  md: 'text/markdown',
  markdown: 'text/markdown',
  csv: 'text/csv',
  tsv: 'text/tab-separated-values',
  vtt: 'text/vtt',
  srt: 'application/x-subrip',
  json: 'application/json',
  jsonl: 'application/jsonl',
  yaml: 'application/yaml',
  yml: 'application/yaml',
  xml: 'application/xml',
  html: 'text/html',
  htm: 'text/html',
  svg: 'image/svg+xml',
  eml: 'message/rfc822',
  ics: 'text/calendar',
  css: 'text/css',
}

const word = 'application/vnd.openxmlformats-officedocument'
const compound = ['application/x-cfb']
/** What the content of a file with this extension may be; the first is used when several would do. */
const binaryTypes: Record<string, readonly string[]> = {
  pdf: ['application/pdf'],
  rtf: ['application/rtf'],
  png: ['image/png', 'image/apng'],
  jpg: ['image/jpeg'],
  jpeg: ['image/jpeg'],
  gif: ['image/gif'],
  webp: ['image/webp'],
  avif: ['image/avif'],
  heic: ['image/heic', 'image/heif'],
  bmp: ['image/bmp'],
  tif: ['image/tiff'],
  tiff: ['image/tiff'],
  ico: ['image/x-icon'],
  mp3: ['audio/mpeg'],
  wav: ['audio/wav'],
  flac: ['audio/flac'],
  aac: ['audio/aac'],
  amr: ['audio/amr'],
  m4a: ['audio/mp4', 'video/mp4'],
  mp4: ['video/mp4', 'audio/mp4'],
  m4v: ['video/mp4'],
  mov: ['video/quicktime'],
  webm: ['video/webm', 'audio/webm'],
  weba: ['audio/webm', 'video/webm'],
  mkv: ['video/matroska'],
  avi: ['video/vnd.avi'],
  ogg: ['audio/ogg', 'video/ogg'],
  oga: ['audio/ogg'],
  opus: ['audio/ogg'],
  ogv: ['video/ogg'],
  zip: ['application/zip'],
  gz: ['application/gzip'],
  docx: [`${word}.wordprocessingml.document`],
  xlsx: [`${word}.spreadsheetml.sheet`],
  pptx: [`${word}.presentationml.presentation`],
  odt: ['application/vnd.oasis.opendocument.text'],
  ods: ['application/vnd.oasis.opendocument.spreadsheet'],
  odp: ['application/vnd.oasis.opendocument.presentation'],
  epub: ['application/epub+zip'],
  doc: compound,
  xls: compound,
  ppt: compound,
  msg: compound,
}

/** Why a DOCX, XLSX or PPTX that is a compound file is refused. */
const whyCompound: Record<CompoundContent, string> = {
  encrypted: 'has a password. Remove it in the program that made the file, and upload it again.',
  'old-format':
    'has the format that Office used before 2007. Save it as DOCX, XLSX or PPTX, or give it the extension of its real format.',
  unknown:
    'has a password, or the format that Office used before 2007. Save it without a password as DOCX, XLSX or PPTX, and upload it again.',
}

/** One container, recorded with or without pictures: the bytes at the start do not tell. */
const containers: readonly (readonly string[])[] = [
  ['video/webm', 'audio/webm'],
  ['video/mp4', 'audio/mp4'],
  ['audio/ogg', 'video/ogg'],
]
const sameAs: Record<string, string> = {
  'audio/x-m4a': 'audio/mp4',
  'video/x-m4v': 'video/mp4',
  'audio/ogg; codecs=opus': 'audio/ogg',
}

/** Signatures that consist of plain text; any other signature found in plain text is a coincidence (`BMW prices` is no bitmap). */
const textSignatures = new Set(['application/pdf', 'application/rtf', 'application/postscript'])

const executableExtensions = new Set(
  'exe dll com scr msi msix bat cmd ps1 psm1 vbs vbe js mjs jse wsf wsh hta lnk jar apk ipa deb rpm dmg pkg appimage sh bash zsh cpl reg pif scf so dylib class wasm'.split(
    ' ',
  ),
)
const executableTypes = new Set([
  'application/x-msdownload',
  'application/x-elf',
  'application/x-mach-binary',
  'application/java-vm',
  'application/java-archive',
  'application/vnd.android.package-archive',
  'application/wasm',
  'application/x-deb',
  'application/x-rpm',
  'application/x-apple-diskimage',
  'application/x-ms-shortcut',
])

export interface TypeQuestion {
  /** The first bytes, at most `sampleBytes` of them. */
  sample: Buffer
  name: string
  /** What the sender said. */
  declared?: string | undefined
  /** Media types that are welcome, `audio/*` allowed; empty = all. */
  accept: readonly string[]
}

/**
 * The media type of a file by its content, which its extension has to agree with.
 * @throws Problem 415 when the two disagree, when the type is not welcome, and for anything that a machine would run.
 */
export async function mediaTypeOf({ sample, name, declared, accept }: TypeQuestion): Promise<string> {
  const extension = extensionOf(name)
  const text = isText(sample)
  const detected = await detect(sample)
  if (executableExtensions.has(extension) || (!text && executableTypes.has(detected ?? '')) || startsWith(sample, '#!'))
    throw refused(
      name,
      'is a program or script, and those are not stored here. Put it into a ZIP archive if it has to be kept.',
    )
  const candidates =
    text && !textSignatures.has(detected ?? '')
      ? textCandidates(extension, detected, declared)
      : binaryCandidates(extension, detected, sample)
  if (candidates.length === 0 && detected === compound[0] && binaryTypes[extension]?.[0]?.startsWith(word))
    throw refused(name, whyCompound[contentOfCompoundFile(sample)])
  if (candidates.length === 0)
    throw refused(
      name,
      `is named .${extension}, but its content is ${text ? 'plain text' : (detected ?? 'something else')}. Give it the extension of its real format.`,
    )
  const said = declared?.split(';')[0]?.trim().toLowerCase()
  const ordered = said && candidates.includes(said) ? [said, ...candidates] : candidates
  const welcome = ordered.find((type) => fits(type, accept))
  if (!welcome) throw refused(name, `is ${candidates[0] ?? 'of an unknown type'}; welcome here: ${accept.join(', ')}.`)
  return welcome
}

async function detect(sample: Buffer): Promise<string | undefined> {
  const found = await fileTypeFromBuffer(sample).catch(() => undefined)
  return found && (sameAs[found.mime] ?? found.mime)
}

function textCandidates(extension: string, detected: string | undefined, declared: string | undefined): string[] {
  const named = textTypes[extension]
  if (named) return [named]
  if (binaryTypes[extension]) return []
  if (detected?.startsWith('text/')) return [detected]
  const said = declared?.split(';')[0]?.trim().toLowerCase()
  return [said && Object.values(textTypes).includes(said) && said !== 'text/html' ? said : 'text/plain']
}

function binaryCandidates(extension: string, detected: string | undefined, sample: Buffer): string[] {
  if (textTypes[extension]) return []
  const named = binaryTypes[extension]
  const found = containers.find((types) => types.includes(detected ?? '')) ?? [detected ?? 'application/octet-stream']
  if (!named) return [...found]
  const agreed = named.filter((type) => found.includes(type))
  if (agreed.length > 0) return agreed
  // An Office package whose parts come in an unusual order is only recognised as an archive.
  if (detected === 'application/zip' && named[0]?.startsWith(word) && sample.includes('[Content_Types].xml'))
    return [...named]
  return []
}

function fits(type: string, accept: readonly string[]): boolean {
  return (
    accept.length === 0 ||
    accept.some((pattern) => pattern === type || (pattern.endsWith('/*') && type.startsWith(pattern.slice(0, -1))))
  )
}

function startsWith(sample: Buffer, text: string): boolean {
  return sample.subarray(0, text.length).toString('latin1') === text
}

/** Text has no NUL (outside UTF-16, which starts with a byte order mark) and hardly any other control characters. */
function isText(sample: Buffer): boolean {
  if (sample[0] === 0xff && sample[1] === 0xfe) return true
  if (sample[0] === 0xfe && sample[1] === 0xff) return true
  let controls = 0
  for (const byte of sample) {
    if (byte === 0) return false
    if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 12 && byte !== 13 && byte !== 27) controls++
  }
  return controls <= sample.length * 0.01
}

function refused(name: string, why: string): Problem {
  return new Problem({
    status: 415,
    type: 'unsupported-media-type',
    title: 'This file is not accepted',
    detail: `“${name}” ${why}`,
    errors: [{ field: 'name', message: why.replace(/\.$/, '') }],
  })
}
