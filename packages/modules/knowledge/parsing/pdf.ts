import { getDocumentProxy, getResolvedPDFJS } from 'unpdf'
import { corrupt, DocumentError, encryptedFile } from './document-error.ts'
import type { Block, ReadResult } from './document.ts'
import { assertWithin, type ParsingLimits } from './limits.ts'
import { bodyFontSize, pageLines, type PdfLine, type PdfTextItem, runningLines, withoutNumbers } from './pdf-lines.ts'

type PdfDocument = Awaited<ReturnType<typeof getDocumentProxy>>

/** Reads a PDF's text layer page by page. Headings are recognised by their font size; running headers and footers are left out. */
export async function readPdf(bytes: Uint8Array, limits: ParsingLimits): Promise<ReadResult> {
  const pdf = await open(bytes)
  try {
    assertWithin(pdf.numPages, limits.maxPages, 'pages')
    const { pages, unreadable } = await readPages(pdf, limits)
    const title = await metadataTitle(pdf)
    const running = runningLines(pages)
    const silent = pages.flatMap((lines, index) =>
      lines.length === 0 && !unreadable.includes(index + 1) ? [index + 1] : [],
    )
    if (silent.length === pages.length) throw scanned()
    if (unreadable.length === pages.length) throw corrupt('No page of this PDF can be read.')
    return {
      ...(title ? { title } : {}),
      blocks: pdfBlocks(pages, running),
      pages: pdf.numPages,
      warnings: [
        ...(silent.length > 0 ? [`Without text, probably scanned: ${pageRanges(silent)}.`] : []),
        ...(unreadable.length > 0 ? [`Damaged and left out: ${pageRanges(unreadable)}.`] : []),
        ...(running.size > 0 ? ['Headers and footers that repeat on most pages were left out.'] : []),
        ...(endsEarly(bytes) ? ['The end of the file is missing; the last pages may be incomplete.'] : []),
      ],
    }
  } finally {
    await pdf.loadingTask.destroy()
  }
}

async function open(bytes: Uint8Array): Promise<PdfDocument> {
  const { PasswordException } = await getResolvedPDFJS()
  try {
    // pdf.js takes ownership of the buffer, so it gets a copy.
    return await getDocumentProxy(new Uint8Array(bytes), { verbosity: 0, stopAtErrors: false, enableXfa: false })
  } catch (error) {
    if (error instanceof PasswordException) throw encryptedFile()
    throw corrupt('The PDF is damaged or cut off and cannot be opened.', error)
  }
}

async function readPages(
  pdf: PdfDocument,
  limits: ParsingLimits,
): Promise<{ pages: PdfLine[][]; unreadable: number[] }> {
  const pages: PdfLine[][] = []
  const unreadable: number[] = []
  let characters = 0
  for (let number = 1; number <= pdf.numPages; number++) {
    try {
      const page = await pdf.getPage(number)
      const content = await page.getTextContent()
      pages.push(pageLines(content.items.filter((item): item is typeof item & PdfTextItem => 'str' in item)))
      page.cleanup()
    } catch {
      pages.push([])
      unreadable.push(number)
    }
    characters += (pages.at(-1) ?? []).reduce((sum, line) => sum + line.text.length, 0)
    assertWithin(characters, limits.maxCharacters, 'characters of text')
  }
  return { pages, unreadable }
}

async function metadataTitle(pdf: PdfDocument): Promise<string | null> {
  const { info } = await pdf.getMetadata().catch(() => ({ info: {} }))
  const title: unknown = 'Title' in info ? info.Title : null
  // Word processors write the file's name here when the author gave no title.
  return typeof title === 'string' && title.trim() && !/\.(docx?|odt|pdf|indd|pptx?)$/i.test(title.trim())
    ? title.trim()
    : null
}

function pdfBlocks(pages: readonly PdfLine[][], running: ReadonlySet<string>): Block[] {
  const body = bodyFontSize(pages)
  const headingSizes = [
    ...new Set(
      pages
        .flat()
        .filter((line) => isHeading(line, body))
        .map((line) => Math.round(line.fontSize)),
    ),
  ].sort((a, b) => b - a)
  const blocks: Block[] = []
  for (const [index, all] of pages.entries()) {
    const page = index + 1
    const lines = all.filter(
      (line, at) => !((at === 0 || at === all.length - 1) && all.length >= 3 && running.has(withoutNumbers(line.text))),
    )
    let previous: PdfLine | null = null
    for (const line of lines) {
      const last = blocks.at(-1)
      const heading = isHeading(line, body)
      const level = Math.min(headingSizes.indexOf(Math.round(line.fontSize)) + 1, 6)
      if (
        heading &&
        last?.kind === 'heading' &&
        last.page === page &&
        last.level === level &&
        previous &&
        isNext(previous, line)
      ) {
        last.text = join(last.text, line.text)
      } else if (heading) blocks.push({ kind: 'heading', level, text: line.text, page })
      else if (
        last &&
        last.kind !== 'heading' &&
        last.page === page &&
        previous &&
        isNext(previous, line) &&
        !isBullet(line.text)
      ) {
        last.text = join(last.text, line.text)
      } else if (isBullet(line.text) && last?.kind === 'list' && last.page === page)
        last.text += `\n${asItem(line.text)}`
      else if (isBullet(line.text)) blocks.push({ kind: 'list', text: asItem(line.text), page })
      else blocks.push({ kind: 'paragraph', text: line.text, page })
      previous = line
    }
  }
  return blocks
}

/** Larger than the body by a sixth, short, and not the end of a sentence. */
function isHeading(line: PdfLine, body: number): boolean {
  return (
    line.fontSize >= body * 1.16 && line.text.length <= 150 && /\p{L}/u.test(line.text) && !/[.,;]$/.test(line.text)
  )
}

/** The next line of the same paragraph: leading is at most 1.7 font sizes; more is white space between paragraphs. */
function isNext(previous: PdfLine, line: PdfLine): boolean {
  const distance = previous.y - line.y
  return (
    distance > -0.5 * line.fontSize &&
    distance <= 1.7 * Math.max(line.fontSize, previous.fontSize) &&
    Math.abs(previous.fontSize - line.fontSize) <= 1
  )
}

const bullet = /^(?:[•◦▪‣·*–-]|\uF0B7)\s+/

function isBullet(text: string): boolean {
  return bullet.test(text)
}

function asItem(text: string): string {
  return `- ${text.replace(bullet, '')}`
}

/** Joins two printed lines; a word divided at the line's end is put together again. */
function join(text: string, next: string): string {
  if (/\p{Ll}[-\u00AD]$/u.test(text) && /^\p{Ll}/u.test(next)) return text.slice(0, -1) + next
  return `${text} ${next}`
}

/** `pages 1, 3–5`. */
function pageRanges(pages: readonly number[]): string {
  const ranges: string[] = []
  for (let i = 0; i < pages.length; i++) {
    const first = pages[i] ?? 0
    while (pages[i + 1] === (pages[i] ?? 0) + 1) i++
    const last = pages[i] ?? 0
    ranges.push(first === last ? String(first) : `${first}–${last}`)
  }
  return `${pages.length === 1 ? 'page' : 'pages'} ${ranges.join(', ')}`
}

function endsEarly(bytes: Uint8Array): boolean {
  return !new TextDecoder('latin1').decode(bytes.subarray(-2048)).includes('%%EOF')
}

function scanned(): DocumentError {
  return new DocumentError(
    'no_text',
    'The PDF has no text, only pictures of pages; it is probably a scan.',
    'Run text recognition (OCR) over it, for instance with a scanner program that saves searchable PDF, and upload the result.',
  )
}
