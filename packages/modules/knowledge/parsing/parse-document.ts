import { detectType } from './detect-type.ts'
import { DocumentError } from './document-error.ts'
import { type Block, type DocumentFormat, mediaTypes, type ParsedDocument, type ReadResult } from './document.ts'
import { assertWithin, defaultLimits, type ParsingLimits } from './limits.ts'

export interface ParseInput {
  bytes: Uint8Array
  /** Name as uploaded; its extension must fit the content. */
  filename: string
  /** Used only when the name has no extension. */
  mediaType?: string | undefined
  signal?: AbortSignal | undefined
  limits?: Partial<ParsingLimits> | undefined
}

/**
 * Reads a file into blocks of text. Works on the calling thread and may take seconds: servers call `parseInWorker`, which also enforces the
 * limits of time and memory.
 *
 * @throws DocumentError for every file that cannot be read; the signal's reason when aborted
 */
export async function parseDocument(input: ParseInput): Promise<ParsedDocument> {
  const limits: ParsingLimits = { ...defaultLimits, ...input.limits }
  const { bytes, filename, mediaType, signal } = input
  signal?.throwIfAborted()
  assertWithin(bytes.byteLength, limits.maxBytes, 'bytes')
  const format = await detectType(bytes, filename, mediaType, limits)
  signal?.throwIfAborted()
  const read = await readFormat(format, bytes, limits, 0)
  signal?.throwIfAborted()
  const blocks = read.blocks.map(storable).filter((block) => block.text.trim() !== '')
  assertText(blocks, limits)
  return {
    title: title(read, blocks, filename),
    mediaType: mediaTypes[format],
    blocks,
    warnings: read.warnings,
    ...(read.pages === undefined ? {} : { pages: read.pages }),
  }
}

/** Readers are loaded when needed: pdf.js alone takes longer to load than a page of text takes to read. */
async function readFormat(
  format: DocumentFormat,
  bytes: Uint8Array,
  limits: ParsingLimits,
  depth: number,
): Promise<ReadResult> {
  switch (format) {
    case 'pdf':
      return (await import('./pdf.ts')).readPdf(bytes, limits)
    case 'docx':
      return (await import('./docx.ts')).readDocx(bytes, limits)
    case 'pptx':
      return (await import('./pptx.ts')).readPptx(bytes, limits)
    case 'xlsx':
      return (await import('./xlsx.ts')).readXlsx(bytes, limits)
    case 'csv':
      return (await import('./csv.ts')).readCsv(bytes)
    case 'html':
      return (await import('./html.ts')).readHtml(bytes)
    case 'markdown':
      return (await import('./markdown.ts')).readMarkdown(bytes)
    case 'text':
      return (await import('./plain-text.ts')).readPlainText(bytes)
    case 'vtt':
      return (await import('./transcript-blocks.ts')).readVtt(bytes)
    case 'srt':
      return (await import('./transcript-blocks.ts')).readSrt(bytes)
    case 'eml':
      return (await import('./eml.ts')).readEml(bytes, (attached, name) =>
        readAttachment(attached, name, limits, depth + 1),
      )
  }
}

async function readAttachment(
  bytes: Uint8Array,
  filename: string,
  limits: ParsingLimits,
  depth: number,
): Promise<ReadResult> {
  const format = await detectType(bytes, filename, undefined, limits)
  if (depth > 1 || format === 'eml')
    throw new DocumentError('unsupported', 'It is nested too deep.', 'Upload it by itself.')
  return readFormat(format, bytes, limits, depth)
}

function assertText(blocks: readonly Block[], limits: ParsingLimits): void {
  const characters = blocks.reduce((sum, block) => sum + block.text.length, 0)
  assertWithin(characters, limits.maxCharacters, 'characters of text')
  if (!blocks.some((block) => /[\p{L}\p{N}]/u.test(block.text))) {
    throw new DocumentError(
      'no_text',
      'The file can be read, but there is no text in it.',
      'Upload a version that contains text, not only pictures.',
    )
  }
}

/** PostgreSQL text cannot hold NUL, and a lone surrogate is not a character. */
function storable(block: Block): Block {
  return { ...block, text: block.text.replaceAll('\0', '').toWellFormed() }
}

function title(read: ReadResult, blocks: readonly Block[], filename: string): string {
  const heading = blocks.find(
    (block) => block.kind === 'heading' && (block.level ?? 1) <= 2 && block.sheet === undefined,
  )
  const name = filename.replace(/^.*[/\\]/, '').replace(/\.[^.]+$/, '')
  const found = read.title ?? heading?.text ?? name
  return found.replace(/\s+/g, ' ').trim().slice(0, 300) || 'Untitled document'
}
