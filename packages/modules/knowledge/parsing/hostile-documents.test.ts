import { strToU8, zipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { DocumentError, type DocumentErrorCode } from './document-error.ts'
import type { ParsingLimits } from './limits.ts'
import { parseDocument } from './parse-document.ts'
import { writeDocx, writePptx, writeXlsx } from './testing/office-writer.ts'
import { writePdf } from './testing/pdf-writer.ts'

const text = (content: string): Uint8Array => new TextEncoder().encode(content)
const truncated = (bytes: Uint8Array, part = 0.5): Uint8Array => bytes.slice(0, Math.floor(bytes.length * part))
const megabytes = (count: number): Uint8Array => new Uint8Array(count * 1024 * 1024)

async function refusal(
  bytes: Uint8Array,
  filename: string,
  limits: Partial<ParsingLimits> = {},
): Promise<DocumentErrorCode> {
  const error: unknown = await parseDocument({ bytes, filename, limits }).then(
    (parsed) => expect.fail(`expected a refusal, got ${parsed.blocks.length} blocks`),
    (reason: unknown) => reason,
  )
  if (!(error instanceof DocumentError)) throw error
  expect(error.message.length).toBeGreaterThan(10)
  expect(error.remedy.length).toBeGreaterThan(10)
  return error.code
}

const entities =
  '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>'

describe('a file that cannot become knowledge says why', () => {
  test.each<[string, Uint8Array, string, DocumentErrorCode]>([
    ['an empty file', new Uint8Array(), 'a.pdf', 'empty'],
    ['white space only', text(' \n\t\n'), 'a.txt', 'no_text'],
    ['a scan', writePdf({ pages: [[], []] }), 'scan.pdf', 'no_text'],
    ['an encrypted PDF', writePdf({ pages: [['secret']], encrypted: true }), 'a.pdf', 'encrypted'],
    ['a PDF header and nothing else', text('%PDF-1.7\n'), 'a.pdf', 'corrupt'],
    ['a PDF of noise', Uint8Array.from([...text('%PDF-1.4\n'), ...noise(5000)]), 'a.pdf', 'corrupt'],
    ['a truncated Word document', truncated(writeDocx(['Some text'])), 'a.docx', 'corrupt'],
    ['a truncated presentation', truncated(writePptx([{ title: 'A' }])), 'a.pptx', 'corrupt'],
    ['a truncated workbook', truncated(writeXlsx({ A: [['b']] })), 'a.xlsx', 'corrupt'],
    [
      'a Word document with broken XML',
      writeDocx([], { 'word/document.xml': '<w:document><w:body>' }),
      'a.docx',
      'corrupt',
    ],
    ['a workbook with broken XML', writeXlsx({ A: [['b']] }, { 'xl/workbook.xml': '<<<' }), 'a.xlsx', 'corrupt'],
    [
      'a presentation naming a missing slide',
      zipSync({
        'ppt/presentation.xml': strToU8(
          '<p:presentation><p:sldIdLst><p:sldId r:id="rId1"/></p:sldIdLst></p:presentation>',
        ),
        'ppt/_rels/presentation.xml.rels': strToU8(
          '<Relationships><Relationship Id="rId1" Target="slides/slide9.xml"/></Relationships>',
        ),
      }),
      'a.pptx',
      'corrupt',
    ],
    ['a Word document without text', writeDocx([]), 'a.docx', 'no_text'],
    ['entities in a Word document', writeDocx([], { 'word/document.xml': entities }), 'a.docx', 'corrupt'],
    [
      'entities in a presentation',
      writePptx([{ title: 'A' }], { extra: { 'ppt/slides/slide1.xml': entities } }),
      'a.pptx',
      'corrupt',
    ],
    ['entities in a workbook', writeXlsx({ A: [] }, { 'xl/sharedStrings.xml': entities }), 'a.xlsx', 'corrupt'],
    ['an encrypted new Office file', compoundFile('EncryptedPackage'), 'a.docx', 'encrypted'],
    ['an old Office file', compoundFile('WordDocument'), 'a.doc', 'unsupported'],
    ['a ZIP archive', zipSync({ 'readme.txt': strToU8('hello') }), 'a.zip', 'unsupported'],
    ['a picture', png(), 'a.png', 'unsupported'],
    ['noise without a name', Uint8Array.from(noise(5000)), 'file', 'unsupported'],
    ['noise named as text', Uint8Array.from(noise(5000)), 'a.txt', 'unsupported'],
    ['a program', text('MZ\u0000\u0000'), 'a.exe', 'unsupported'],
    ['a picture named as PDF', png(), 'a.pdf', 'type_mismatch'],
    ['a PDF named as Word', writePdf({ pages: [['x']] }), 'a.docx', 'type_mismatch'],
    ['a Word document named as workbook', writeDocx(['x']), 'a.xlsx', 'type_mismatch'],
    ['text named as PDF', text('just text'), 'a.pdf', 'type_mismatch'],
    ['text named as captions', text('just text'), 'a.vtt', 'type_mismatch'],
    ['text named as a message', text('just text'), 'a.eml', 'type_mismatch'],
  ])('%s', async (_, bytes, filename, code) => {
    expect(await refusal(bytes, filename)).toBe(code)
  })

  test('one entry that expands a thousand times', async () => {
    expect(await refusal(writeDocx(['x'], { 'word/media/image1.xml': megabytes(20) }), 'a.docx')).toBe('archive_bomb')
  })

  test('many entries that add up', async () => {
    const parts = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [`word/part${index}.xml`, new Uint8Array(900 * 1024)]),
    )
    expect(await refusal(writeDocx(['x'], parts), 'a.docx', { maxUncompressedBytes: 30 * 1024 * 1024 })).toBe(
      'archive_bomb',
    )
  })

  test('more entries than allowed', async () => {
    const parts = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`word/part${index}.xml`, 'x']))
    expect(await refusal(writeDocx(['x'], parts), 'a.docx', { maxArchiveEntries: 100 })).toBe('archive_bomb')
  })

  test('an entry that is larger than the directory says', async () => {
    const bytes = writeDocx(['x'.repeat(50_000)])
    expect(['archive_bomb', 'corrupt']).toContain(await refusal(understate(bytes, 'word/document.xml', 100), 'a.docx'))
  })

  test('an archive inside the document is not opened, but named', async () => {
    const parsed = await parseDocument({
      bytes: writeDocx(['Outer text'], { 'word/embeddings/bomb.zip': zipSync({ a: megabytes(1) }) }),
      filename: 'a.docx',
    })
    expect(parsed.blocks.map((block) => block.text)).toEqual(['Outer text'])
    expect(parsed.warnings).toEqual(['1 embedded file(s) were not read: bomb.zip.'])
  })

  test('a file over the size limit', async () => {
    expect(await refusal(text('x'.repeat(2000)), 'a.txt', { maxBytes: 1000 })).toBe('too_large')
  })

  test('more text than allowed', async () => {
    expect(await refusal(text('word '.repeat(2000)), 'a.txt', { maxCharacters: 1000 })).toBe('too_large')
  })

  test('more pages than allowed', async () => {
    expect(await refusal(writePdf({ pages: [['a'], ['b'], ['c']] }), 'a.pdf', { maxPages: 2 })).toBe('too_large')
  })

  test('an aborted signal', async () => {
    await expect(
      parseDocument({ bytes: text('x'), filename: 'a.txt', signal: AbortSignal.abort(new Error('gone')) }),
    ).rejects.toThrow('gone')
  })
})

describe('a strange file that can be read is read', () => {
  test('a PDF of 500 pages', async () => {
    const pages = Array.from({ length: 500 }, (_, index) =>
      Array.from(
        { length: 40 },
        (_, line) => `Paragraph ${line} of sheet ${index + 1} tells about the rules of the house and more.`,
      ),
    )
    const started = performance.now()
    const parsed = await parseDocument({ bytes: writePdf({ pages }), filename: 'manual.pdf' })
    expect(parsed.pages).toBe(500)
    expect(parsed.blocks.at(-1)?.page).toBe(500)
    expect(parsed.blocks.filter((block) => block.text.includes('of sheet 250 '))).not.toHaveLength(0)
    expect(performance.now() - started).toBeLessThan(30_000)
  })

  test('a PDF without its end is repaired as far as it goes, and the loss is said', async () => {
    const parsed = await parseDocument({
      bytes: writePdf({ pages: Array.from({ length: 10 }, (_, n) => [`Sheet ${n}`]) }).slice(0, -20),
      filename: 'a.pdf',
    })
    expect(parsed.blocks[0]?.text).toBe('Sheet 0')
    expect(parsed.warnings.join(' ')).toContain('end of the file is missing')
  })

  test('a page nested 50,000 levels deep', async () => {
    const depth = 50_000
    const parsed = await parseDocument({
      bytes: text(`<html><body>${'<div>'.repeat(depth)}deep${'</div>'.repeat(depth)}</body></html>`),
      filename: 'a.html',
    })
    expect(parsed.blocks).toEqual([{ kind: 'paragraph', text: 'deep' }])
  })

  test('lists and tables nested thousands of levels deep', async () => {
    const parsed = await parseDocument({
      bytes: text(`${'<ul><li>'.repeat(5000)}item${'<table><tr><td>'.repeat(3000)}cell`),
      filename: 'a.html',
    })
    const all = parsed.blocks.map((block) => block.text).join(' ')
    expect(all).toContain('item')
    expect(all).toContain('cell')
  })

  test('NUL characters and lone surrogates cannot reach the database', async () => {
    const parsed = await parseDocument({ bytes: writeDocx(['ok'], {}), filename: 'a.docx' })
    expect(parsed.blocks[0]?.text.isWellFormed()).toBe(true)
    const page = await parseDocument({ bytes: text('<html><p>a&#0;b&#xD800;c'), filename: 'a.html' })
    expect(page.blocks[0]?.text).not.toContain('\0')
    expect(page.blocks[0]?.text.isWellFormed()).toBe(true)
  })

  test('a file name that is a path does not become the title', async () => {
    const parsed = await parseDocument({ bytes: text('hello'), filename: '../../etc/passwd.txt' })
    expect(parsed.title).toBe('passwd')
  })
})

/** The same bytes each time, spread over all values (linear congruential generator of Numerical Recipes). */
function noise(length: number): number[] {
  let state = 42
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state >>> 24
  })
}

function png(): Uint8Array {
  return Uint8Array.from([
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 1, 0, 0, 0, 1, 8, 6,
    0, 0, 0,
  ])
}

function compoundFile(stream: string): Uint8Array {
  return new Uint8Array([
    0xd0,
    0xcf,
    0x11,
    0xe0,
    0xa1,
    0xb1,
    0x1a,
    0xe1,
    ...new Uint8Array(504),
    ...Buffer.from(stream, 'utf16le'),
  ])
}

/** Writes a smaller uncompressed size for one entry into the central directory. */
function understate(zip: Uint8Array, name: string, size: number): Uint8Array {
  const bytes = Buffer.from(zip)
  for (let at = bytes.indexOf('PK\x01\x02', 0, 'latin1'); at >= 0; at = bytes.indexOf('PK\x01\x02', at + 4, 'latin1')) {
    const length = bytes.readUInt16LE(at + 28)
    if (bytes.toString('latin1', at + 46, at + 46 + length) === name) bytes.writeUInt32LE(size, at + 24)
  }
  return new Uint8Array(bytes)
}
