import { strToU8, zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { mediaTypeOf, sampleBytes } from './media-type.ts'

const binary = (text: string) => Buffer.from(text, 'latin1')
const png = binary('\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\0\0\0\0\0\0\0\0IDAT')
const pdf = binary('%PDF-1.7\n1 0 obj\n')
const webm = binary(
  '\x1A\x45\xDF\xA3\x9F\x42\x86\x81\x01\x42\xF7\x81\x01\x42\xF2\x81\x04\x42\xF3\x81\x08\x42\x82\x84webm',
)
const mp3 = binary(`ID3\x03\0\0\0\0\0\0\xFF\xFB\x90\x64${'\0'.repeat(500)}`)
const officePackage = (part: string, type: string) =>
  Buffer.from(
    zipSync({
      '[Content_Types].xml': strToU8(
        `<Types><Override PartName="/${part}" ContentType="application/vnd.openxmlformats-officedocument.${type}.main+xml"/></Types>`,
      ),
      [part]: strToU8('<x/>'),
    }),
  ).subarray(0, sampleBytes)

/** Header of a compound file and, after a sector of other data, its directory: 64 bytes of UTF-16 name per entry. */
const compoundFile = (...streams: string[]) =>
  Buffer.concat([
    Buffer.from('d0cf11e0a1b11ae1', 'hex'),
    Buffer.alloc(504 + 512, 1),
    ...['Root Entry', ...streams].map((name) => Buffer.concat([Buffer.from(name, 'utf16le'), Buffer.alloc(128)], 128)),
  ])

const typeOf = (sample: Buffer, name: string, accept: string[] = [], declared?: string) =>
  mediaTypeOf({ sample, name, accept, declared })

describe('the media type of a file', () => {
  it.each([
    ['a picture', png, 'a.png', 'image/png'],
    ['a PDF', pdf, 'a.PDF', 'application/pdf'],
    ['a PDF without an extension', pdf, 'a', 'application/pdf'],
    ['sound', mp3, 'a.mp3', 'audio/mpeg'],
    ['Markdown', binary('# Hello'), 'a.md', 'text/markdown'],
    ['a transcript', binary('WEBVTT\n\n'), 'a.vtt', 'text/vtt'],
    ['text that starts like a bitmap', binary('BMW prices of 2026'), 'a.txt', 'text/plain'],
    ['text that starts like a program', binary('MZ is short for Mark Zbikowski'), 'a.txt', 'text/plain'],
    ['UTF-16 text', Buffer.from('\uFEFFname;city', 'utf16le'), 'a.csv', 'text/csv'],
    ['Windows-1252 text', binary('M\xFCller;K\xF6ln'), 'a.csv', 'text/csv'],
    [
      'a Word document',
      officePackage('word/document.xml', 'wordprocessingml.document'),
      'a.docx',
      'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    ],
    ['unknown bytes', binary('\0\x01\x02\x03\x04\x05\x06\x07'), 'a.dat', 'application/octet-stream'],
  ])('%s: by its content', async (_, sample, name, type) => {
    await expect(typeOf(sample, name)).resolves.toBe(type)
  })

  it('is the sender’s word only between types whose content looks the same', async () => {
    await expect(typeOf(webm, 'a.webm')).resolves.toBe('video/webm')
    await expect(typeOf(webm, 'a.webm', [], 'audio/webm;codecs=opus')).resolves.toBe('audio/webm')
    await expect(typeOf(webm, 'a.webm', ['audio/*'])).resolves.toBe('audio/webm')
    await expect(typeOf(png, 'a', [], 'application/pdf')).resolves.toBe('image/png')
  })

  it.each([
    ['a picture named as a PDF', png, 'a.pdf'],
    ['text named as a picture', binary('hello'), 'a.png'],
    ['a picture named as text', png, 'a.txt'],
    ['any archive named as a Word document', Buffer.from(zipSync({ 'a.txt': strToU8('x') })), 'a.docx'],
    ['a spreadsheet named as a Word document', officePackage('xl/workbook.xml', 'spreadsheetml.sheet'), 'a.docx'],
    ['random bytes named as sound', binary('\0\x01\x02\x03'), 'a.mp3'],
  ])('%s is refused', async (_, sample, name) => {
    await expect(typeOf(sample, name)).rejects.toMatchObject({ status: 415, errors: [{ field: 'name' }] })
  })

  it.each([
    ['a Windows program', binary(`MZ\x90\0${'\0'.repeat(60)}`), 'a.dat'],
    ['a Windows program named as a picture', binary(`MZ\x90\0${'\0'.repeat(60)}`), 'a.png'],
    ['a Linux program', binary(`\x7FELF\x02\x01\x01${'\0'.repeat(60)}`), 'a'],
    ['a shell script', binary('#!/bin/sh\nrm -rf /'), 'notes.txt'],
    ['a script by its extension', binary('Write-Host hi'), 'a.ps1'],
    ['WebAssembly', binary('\0asm\x01\0\0\0'), 'a.bin'],
  ])('%s is never stored', async (_, sample, name) => {
    await expect(typeOf(sample, name)).rejects.toThrow(/program or script/)
  })

  it.each(['docx', 'xlsx', 'pptx'])('says that a %s has a password instead of blaming its name', async (extension) => {
    const refusal = typeOf(compoundFile('EncryptionInfo', 'EncryptedPackage'), `plan.${extension}`)
    await expect(refusal).rejects.toMatchObject({
      status: 415,
      message: expect.stringMatching(/^“plan\.\w+” has a password\. Remove it/),
    })
  })

  it('names the old format of Office, and both reasons where the sample does not tell', async () => {
    await expect(typeOf(compoundFile('WordDocument'), 'a.docx')).rejects.toThrow(/format that Office used before 2007/)
    await expect(typeOf(compoundFile(), 'a.docx')).rejects.toThrow(/has a password, or the format that Office used/)
    await expect(typeOf(compoundFile('WordDocument'), 'a.doc')).resolves.toBe('application/x-cfb')
  })

  it('has to be welcome in the bucket', async () => {
    await expect(typeOf(png, 'a.png', ['image/*'])).resolves.toBe('image/png')
    await expect(typeOf(png, 'a.png', ['audio/*', 'text/plain'])).rejects.toThrow(
      /welcome here: audio\/\*, text\/plain/,
    )
  })
})
