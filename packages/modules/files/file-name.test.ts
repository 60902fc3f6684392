import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cleanFileName, contentDisposition, extensionOf } from './file-name.ts'

describe('a file name', () => {
  it.each([
    ['report.pdf', 'report.pdf'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\me\\call.mp3', 'call.mp3'],
    ['  Angebot  für\tMüller.docx ', 'Angebot fürMüller.docx'],
    ['invoice\u202Efdp.exe', 'invoicefdp.exe'],
    ['a\0b\r\nc.txt', 'abc.txt'],
    ['cafe\u0301.txt', 'café.txt'],
    ['録音 2026.mp3', '録音 2026.mp3'],
    ['.env', '.env'],
    ['name. . .', 'name'],
    ['half\uD800.txt', 'half.txt'],
  ])('%j is kept as %j', (given, kept) => {
    expect(cleanFileName(given)).toBe(kept)
  })

  it.each(['', '.', '..', '/', 'a/', '\0', ' . ', '\u202E', '\\..\\'])('%j is refused, naming the field', (given) => {
    expect(() => cleanFileName(given)).toThrow(
      expect.objectContaining({ status: 400, errors: [expect.objectContaining({ field: 'name' })] }),
    )
  })

  it('keeps the extension of a name that is too long, and does not cut characters in half', () => {
    const name = cleanFileName(`${'😀'.repeat(500)}.webm`)
    expect(name.match(/./gu)).toHaveLength(200)
    expect(name.endsWith('😀.webm')).toBe(true)
  })

  it('has an extension only after something', () => {
    expect(['a.PDF', 'a.tar.gz', '.env', 'a', 'a.'].map(extensionOf)).toEqual(['pdf', 'gz', '', '', ''])
  })
})

describe('Content-Disposition', () => {
  it('quotes a plain name as it is', () => {
    expect(contentDisposition('attachment', 'report 1.pdf')).toBe('attachment; filename="report 1.pdf"')
  })

  it('sends other names twice: readable for old clients, true for all others', () => {
    expect(contentDisposition('inline', 'Café "x".pdf')).toBe(
      `inline; filename="Cafe _x_.pdf"; filename*=UTF-8''Caf%C3%A9%20%22x%22.pdf`,
    )
    expect(contentDisposition('inline', "it's (1)*.txt")).toContain('filename="it\'s (1)*.txt"')
  })

  it('is one header line whatever the name holds, and its extended form decodes to that name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (name) => {
        const header = contentDisposition('attachment', name)
        expect(() => new Headers({ 'content-disposition': header })).not.toThrow()
        const extended = /filename\*=UTF-8''(.*)$/.exec(header)?.[1]
        if (extended !== undefined) expect(decodeURIComponent(extended)).toBe(name)
      }),
    )
  })
})
