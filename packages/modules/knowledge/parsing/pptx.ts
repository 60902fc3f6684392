import type { CheerioAPI } from 'cheerio'
import { readArchive } from './archive.ts'
import { corrupt } from './document-error.ts'
import type { Block, ReadResult } from './document.ts'
import { documentTitle } from './docx.ts'
import { collapse, type DomElement, type DomNode, isElement, isText, walk } from './dom.ts'
import { assertWithin, type ParsingLimits } from './limits.ts'
import { tableText } from './table-text.ts'
import { parseXmlPart } from './xml.ts'

const wanted =
  /^(ppt\/presentation\.xml|ppt\/_rels\/presentation\.xml\.rels|ppt\/(slides|notesSlides)\/(_rels\/)?[^/]+\.(xml|rels)|docProps\/core\.xml)$/

/** Reads a presentation in slide order: titles, text, tables and speaker notes. Pictures and charts are left out. */
export async function readPptx(bytes: Uint8Array, limits: ParsingLimits): Promise<ReadResult> {
  const { files } = await readArchive(bytes, (name) => wanted.test(name), limits)
  const slides = slidePaths(files)
  assertWithin(slides.length, limits.maxPages, 'slides')
  const blocks: Block[] = []
  const silent: number[] = []
  for (const [index, path] of slides.entries()) {
    const slide = index + 1
    const found = slideBlocks(path, files)
    if (found.length === 0) silent.push(slide)
    for (const block of found) blocks.push({ ...block, slide })
  }
  const title = documentTitle(files)
  return {
    ...(title ? { title } : {}),
    blocks,
    pages: slides.length,
    warnings: silent.length > 0 && blocks.length > 0 ? [`Slides without text: ${silent.join(', ')}.`] : [],
  }
}

function slidePaths(files: Map<string, Uint8Array>): string[] {
  const presentation = files.get('ppt/presentation.xml')
  if (!presentation) throw corrupt('The presentation has no main part (ppt/presentation.xml).')
  const $ = parseXmlPart('ppt/presentation.xml', presentation)
  const targets = relationships('ppt/presentation.xml', files)
  return $('p\\:sldId')
    .toArray()
    .map((element) => targets.get(element.attribs['r:id'] ?? ''))
    .filter((path) => path !== undefined)
    .map((path) => {
      if (!files.has(path)) throw corrupt(`The presentation names a slide that is not in the file (${path}).`)
      return path
    })
}

/** Relationship id to path inside the package (ECMA-376 part 2, relationships). */
function relationships(part: string, files: Map<string, Uint8Array>): Map<string, string> {
  const folder = part.slice(0, part.lastIndexOf('/'))
  const path = `${folder}/_rels/${part.slice(folder.length + 1)}.rels`
  const bytes = files.get(path)
  const targets = new Map<string, string>()
  if (!bytes) return targets
  const $ = parseXmlPart(path, bytes)
  for (const element of $('Relationship').toArray()) {
    const { Id: id, Target: target, TargetMode: mode } = element.attribs
    if (!id || !target || mode === 'External') continue
    targets.set(id, new URL(target, `zip:///${folder}/`).pathname.slice(1))
  }
  return targets
}

function slideBlocks(path: string, files: Map<string, Uint8Array>): Block[] {
  const blocks = shapeBlocks(parsePart(path, files))
  const notes = [...relationships(path, files).values()].find(
    (target) => target.includes('notesSlides/') && files.has(target),
  )
  if (!notes) return blocks
  const spoken = shapeBlocks(parsePart(notes, files))
    .map((block) => block.text)
    .join('\n')
  return spoken ? [...blocks, { kind: 'paragraph', text: `Notes: ${spoken}` }] : blocks
}

function parsePart(path: string, files: Map<string, Uint8Array>): CheerioAPI {
  return parseXmlPart(path, files.get(path) ?? new Uint8Array())
}

function shapeBlocks($: CheerioAPI): Block[] {
  const blocks: Block[] = []
  const root = $.root()[0]
  if (!root) return blocks
  walk(root, (node) => {
    if (!isElement(node)) return 'children' in node
    if (node.name === 'p:sp') {
      const block = textShape($, node)
      if (block) blocks.push(block)
      return false
    }
    if (node.name === 'a:tbl') {
      const rows = $(node)
        .find('a\\:tr')
        .toArray()
        .map((row) =>
          $(row)
            .find('a\\:tc')
            .toArray()
            .map((cell) => $(cell).find('a\\:p').toArray().map(paragraphText).join(' ')),
        )
      const text = tableText(rows)
      if (text) blocks.push({ kind: 'table', text })
      return false
    }
    return true
  })
  return blocks
}

function textShape($: CheerioAPI, shape: DomElement): Block | null {
  const role = $(shape).find('p\\:nvPr > p\\:ph').attr('type') ?? ''
  // Slide numbers, dates and footers repeat on every slide and say nothing about it.
  if (['sldNum', 'dt', 'ftr', 'hdr', 'sldImg'].includes(role)) return null
  const paragraphs = $(shape)
    .find('a\\:p')
    .toArray()
    .map((element) => ({
      text: paragraphText(element),
      level: Number($(element).children('a\\:pPr').attr('lvl') ?? 0),
    }))
    .filter((paragraph) => paragraph.text !== '')
  if (paragraphs.length === 0) return null
  if (role === 'title' || role === 'ctrTitle')
    return { kind: 'heading', level: 1, text: paragraphs.map((paragraph) => paragraph.text).join(' ') }
  if (paragraphs.length === 1) return { kind: 'paragraph', text: paragraphs[0]?.text ?? '' }
  return { kind: 'list', text: paragraphs.map(({ text, level }) => `${'  '.repeat(level)}- ${text}`).join('\n') }
}

/** Only `a:t` holds text that is shown; `a:br` is a line break. */
function paragraphText(paragraph: DomNode): string {
  let text = ''
  walk(paragraph, (node) => {
    if (!isElement(node)) return 'children' in node
    if (node.name === 'a:br') text += ' '
    if (node.name !== 'a:t') return true
    for (const child of node.children) if (isText(child)) text += child.data
    return false
  })
  return collapse(text)
}
