import readWorkbook from 'read-excel-file/universal'
import { readArchive, repack } from './archive.ts'
import { corrupt } from './document-error.ts'
import type { Block, ReadResult } from './document.ts'
import { documentTitle } from './docx.ts'
import type { ParsingLimits } from './limits.ts'
import { tableText } from './table-text.ts'
import { assertXmlParts } from './xml.ts'

/** Reads a workbook: each worksheet is a heading with its name and one table. Formulas give the value last calculated. */
export async function readXlsx(bytes: Uint8Array, limits: ParsingLimits): Promise<ReadResult> {
  const archive = await readArchive(bytes, (name) => /\.(xml|rels)$/i.test(name), limits)
  assertXmlParts(archive.files)
  const sheets = await worksheets(repack(archive.files))
  const title = documentTitle(archive.files)
  const blocks: Block[] = []
  const empty: string[] = []
  for (const { sheet, data } of sheets) {
    const text = tableText(data.map((row) => row.map(cellText)))
    if (text) blocks.push({ kind: 'heading', level: 2, text: sheet, sheet }, { kind: 'table', text, sheet })
    else empty.push(sheet)
  }
  return {
    ...(title ? { title } : {}),
    blocks,
    warnings: empty.length > 0 && blocks.length > 0 ? [`Empty worksheets were left out: ${empty.join(', ')}.`] : [],
  }
}

async function worksheets(xlsx: Uint8Array): Promise<{ sheet: string; data: unknown[][] }[]> {
  const copy = new Uint8Array(xlsx)
  try {
    return await readWorkbook(copy.buffer)
  } catch (error) {
    throw corrupt('The workbook is damaged: its worksheets cannot be read.', error)
  }
}

/** Dates in ISO 8601; Excel has no time zone, so none is written. */
function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return ''
  if (cell instanceof Date) {
    const iso = cell.toISOString()
    return iso.endsWith('T00:00:00.000Z') ? iso.slice(0, 10) : iso.slice(0, 16).replace('T', ' ')
  }
  if (typeof cell === 'number') return String(Number(cell.toPrecision(15)))
  return typeof cell === 'string' || typeof cell === 'boolean' ? String(cell) : ''
}
