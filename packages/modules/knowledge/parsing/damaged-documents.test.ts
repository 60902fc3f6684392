import * as fc from 'fast-check'
import { unzipSync, zipSync } from 'fflate'
import { expect, test } from 'vitest'
import { DocumentError } from './document-error.ts'
import { parseDocument } from './parse-document.ts'
import { writeDocx, writePptx, writeXlsx } from './testing/office-writer.ts'
import { writePdf } from './testing/pdf-writer.ts'

const text = (content: string): Uint8Array => new TextEncoder().encode(content)

const originals: [filename: string, bytes: Uint8Array][] = [
  ['a.pdf', writePdf({ pages: [['One', 'Two'], ['Three']], title: 'T' })],
  ['a.docx', writeDocx([{ heading: 1, text: 'One' }, 'Two', { rows: [['a', 'b']] }])],
  ['a.pptx', writePptx([{ title: 'One', bullets: ['a', 'b'], notes: 'n' }])],
  ['a.xlsx', writeXlsx({ One: [['a', 1, { date: '2026-01-01' }]] })],
  ['a.html', text('<html><h1>One</h1><table><tr><td>a<td>b</table><ul><li>x</ul>')],
  ['a.md', text('# One\n\n| a | b |\n|---|---|\n| c | d |\n\n```\ncode\n```\n- x\n')],
  ['a.csv', text('a,b\n"c\n",d\n')],
  [
    'a.eml',
    text(
      'From: a@example.org\r\nSubject: S\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHi\r\n--b--\r\n',
    ),
  ],
  ['a.vtt', text('WEBVTT\n\n00:01.000 --> 00:02.000\n<v A>Hi\n')],
  ['a.srt', text('1\n00:00:01,000 --> 00:00:02,000\nHi\n')],
]

interface Damage {
  cut: number
  changes: [at: number, value: number][]
}

const damage: fc.Arbitrary<Damage> = fc.record({
  cut: fc.oneof(fc.constant(1), fc.double({ min: 0.3, max: 1, noNaN: true })),
  changes: fc.array(
    fc.tuple(fc.nat(), fc.oneof(fc.constantFrom(0x22, 0x26, 0x2f, 0x3c, 0x3e), fc.integer({ min: 0, max: 255 }))),
    { maxLength: 8 },
  ),
})

function damaged(bytes: Uint8Array, { cut, changes }: Damage): Uint8Array {
  const copy = bytes.slice(0, Math.ceil(bytes.length * cut))
  for (const [at, value] of changes) copy[at % copy.length] = value
  return copy
}

async function outcome(bytes: Uint8Array, filename: string): Promise<unknown> {
  try {
    return typeof (await parseDocument({ bytes, filename })).title
  } catch (error) {
    return error instanceof DocumentError ? 'refused' : error
  }
}

test('a file damaged anywhere is read or refused, and never breaks the reader', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...originals), damage, async ([filename, bytes], how) => {
      expect(['string', 'refused']).toContain(await outcome(damaged(bytes, how), filename))
    }),
    { numRuns: 500 },
  )
})

test('so is an Office document that is damaged inside a sound container', { timeout: 60_000 }, async () => {
  const office = originals.filter(([filename]) => /(docx|pptx|xlsx)$/.test(filename))
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...office), fc.nat(), damage, async ([filename, bytes], which, how) => {
      const parts = unzipSync(bytes)
      const name = Object.keys(parts).sort()[which % Object.keys(parts).length] ?? ''
      const part = parts[name] ?? new Uint8Array()
      expect(['string', 'refused']).toContain(
        await outcome(zipSync({ ...parts, [name]: damaged(part, how) }), filename),
      )
    }),
    { numRuns: 500 },
  )
})
