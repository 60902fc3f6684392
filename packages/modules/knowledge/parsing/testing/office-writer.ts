import { strToU8, zipSync, type Zippable } from 'fflate'

const xmlHeader = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
const officeRelationships = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const packageRelationships = 'http://schemas.openxmlformats.org/package/2006/relationships'
const drawing = 'http://schemas.openxmlformats.org/drawingml/2006/main'

export type WrittenParagraph = string | { heading: 1 | 2 | 3; text: string } | { rows: string[][] }

/** Replaces or adds parts of the package, to build damaged and hostile files. */
export type ExtraParts = Record<string, string | Uint8Array>

/** A minimal Word document. */
export function writeDocx(paragraphs: WrittenParagraph[], extra: ExtraParts = {}): Uint8Array {
  const w = 'http://schemas.openxmlformats.org/wordprocessingml/2006/main'
  const body = paragraphs
    .map((paragraph) => {
      if (typeof paragraph === 'string') return wordParagraph(paragraph)
      if ('heading' in paragraph) return wordParagraph(paragraph.text, `Heading${paragraph.heading}`)
      const rows = paragraph.rows.map(
        (row) => `<w:tr>${row.map((cell) => `<w:tc>${wordParagraph(cell)}</w:tc>`).join('')}</w:tr>`,
      )
      return `<w:tbl>${rows.join('')}</w:tbl>`
    })
    .join('')
  const styles = [1, 2, 3].map(
    (level) => `<w:style w:type="paragraph" w:styleId="Heading${level}"><w:name w:val="heading ${level}"/></w:style>`,
  )
  return pack(
    {
      '_rels/.rels': relationships([['officeDocument', 'word/document.xml']]),
      'word/_rels/document.xml.rels': relationships([['styles', 'styles.xml']]),
      'word/document.xml': `${xmlHeader}<w:document xmlns:w="${w}"><w:body>${body}</w:body></w:document>`,
      'word/styles.xml': `${xmlHeader}<w:styles xmlns:w="${w}">${styles.join('')}</w:styles>`,
    },
    extra,
  )
}

function wordParagraph(text: string, style?: string): string {
  return `<w:p>${style ? `<w:pPr><w:pStyle w:val="${style}"/></w:pPr>` : ''}<w:r><w:t xml:space="preserve">${escape(text)}</w:t></w:r></w:p>`
}

export interface WrittenSlide {
  title: string
  bullets?: string[]
  rows?: string[][]
  notes?: string
}

/** A minimal presentation. `order` lists slide numbers as the presentation shows them, when that differs from the file names. */
export function writePptx(
  slides: WrittenSlide[],
  { order, extra = {} }: { order?: number[]; extra?: ExtraParts } = {},
): Uint8Array {
  const p = 'http://schemas.openxmlformats.org/presentationml/2006/main'
  const open = (root: string): string =>
    `${xmlHeader}<p:${root} xmlns:p="${p}" xmlns:a="${drawing}" xmlns:r="${officeRelationships}">`
  const parts: Record<string, string> = {
    '_rels/.rels': relationships([['officeDocument', 'ppt/presentation.xml']]),
    'ppt/_rels/presentation.xml.rels': relationships(
      slides.map((_, index) => ['slide', `slides/slide${index + 1}.xml`]),
    ),
    'ppt/presentation.xml': `${open('presentation')}<p:sldIdLst>${(order ?? slides.map((_, index) => index + 1))
      .map((number) => `<p:sldId id="${255 + number}" r:id="rId${number}"/>`)
      .join('')}</p:sldIdLst></p:presentation>`,
  }
  for (const [index, slide] of slides.entries()) {
    const number = index + 1
    const table = slide.rows
      ? `<p:graphicFrame><a:graphic><a:graphicData><a:tbl>${slide.rows
          .map(
            (row) =>
              `<a:tr>${row.map((cell) => `<a:tc><a:txBody>${slideParagraphs([cell])}</a:txBody></a:tc>`).join('')}</a:tr>`,
          )
          .join('')}</a:tbl></a:graphicData></a:graphic></p:graphicFrame>`
      : ''
    parts[`ppt/slides/slide${number}.xml`] = `${open('sld')}<p:cSld><p:spTree>${shape('title', [slide.title])}${
      slide.bullets ? shape('body', slide.bullets) : ''
    }${table}${shape('sldNum', [String(number)])}</p:spTree></p:cSld></p:sld>`
    if (slide.notes === undefined) continue
    parts[`ppt/slides/_rels/slide${number}.xml.rels`] = relationships([
      ['notesSlide', `../notesSlides/notesSlide${number}.xml`],
    ])
    parts[`ppt/notesSlides/notesSlide${number}.xml`] =
      `${open('notes')}<p:cSld><p:spTree>${shape('body', [slide.notes])}</p:spTree></p:cSld></p:notes>`
  }
  return pack(parts, extra)
}

function shape(role: string, paragraphs: string[]): string {
  return `<p:sp><p:nvSpPr><p:nvPr><p:ph type="${role}"/></p:nvPr></p:nvSpPr><p:txBody>${slideParagraphs(paragraphs)}</p:txBody></p:sp>`
}

function slideParagraphs(paragraphs: string[]): string {
  return paragraphs.map((text) => `<a:p><a:r><a:t>${escape(text)}</a:t></a:r></a:p>`).join('')
}

export type WrittenCell = string | number | { date: string } | null

/** A minimal workbook with inline strings; a date is written as Excel's serial day number in date format 14. */
export function writeXlsx(sheets: Record<string, WrittenCell[][]>, extra: ExtraParts = {}): Uint8Array {
  const s = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
  const names = Object.keys(sheets)
  const parts: Record<string, string> = {
    '_rels/.rels': relationships([['officeDocument', 'xl/workbook.xml']]),
    'xl/_rels/workbook.xml.rels': relationships([
      ...names.map((_, index): [string, string] => ['worksheet', `worksheets/sheet${index + 1}.xml`]),
      ['styles', 'styles.xml'],
    ]),
    'xl/workbook.xml': `${xmlHeader}<workbook xmlns="${s}" xmlns:r="${officeRelationships}"><sheets>${names
      .map((name, index) => `<sheet name="${escape(name)}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`)
      .join('')}</sheets></workbook>`,
    'xl/styles.xml': `${xmlHeader}<styleSheet xmlns="${s}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>`,
  }
  for (const [index, name] of names.entries()) {
    const rows = (sheets[name] ?? []).map(
      (row, r) => `<row r="${r + 1}">${row.map((cell, c) => cellXml(cell, `${columnName(c)}${r + 1}`)).join('')}</row>`,
    )
    parts[`xl/worksheets/sheet${index + 1}.xml`] =
      `${xmlHeader}<worksheet xmlns="${s}"><sheetData>${rows.join('')}</sheetData></worksheet>`
  }
  return pack(parts, extra)
}

function cellXml(cell: WrittenCell, address: string): string {
  if (cell === null) return ''
  if (typeof cell === 'number') return `<c r="${address}"><v>${cell}</v></c>`
  if (typeof cell === 'string') return `<c r="${address}" t="inlineStr"><is><t>${escape(cell)}</t></is></c>`
  const days = Date.parse(`${cell.date}T00:00:00Z`) / 86_400_000 + 25_569
  return `<c r="${address}" s="1"><v>${days}</v></c>`
}

function columnName(index: number): string {
  return (index >= 26 ? columnName(Math.floor(index / 26) - 1) : '') + String.fromCharCode(65 + (index % 26))
}

function relationships(targets: [kind: string, target: string][]): string {
  const entries = targets.map(
    ([kind, target], index) =>
      `<Relationship Id="rId${index + 1}" Type="${officeRelationships}/${kind}" Target="${target}"/>`,
  )
  return `${xmlHeader}<Relationships xmlns="${packageRelationships}">${entries.join('')}</Relationships>`
}

function pack(parts: Record<string, string>, extra: ExtraParts): Uint8Array {
  const files: Zippable = {}
  const contentTypes = `${xmlHeader}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/></Types>`
  for (const [name, content] of Object.entries({ '[Content_Types].xml': contentTypes, ...parts, ...extra })) {
    files[name] = typeof content === 'string' ? strToU8(content) : content
  }
  return zipSync(files)
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
