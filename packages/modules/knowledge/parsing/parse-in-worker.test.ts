import { describe, expect, test } from 'vitest'
import { chunkDocument } from '../chunking.ts'
import { parseInWorker } from './parse-in-worker.ts'
import { writePdf } from './testing/pdf-writer.ts'

const text = (content: string): Uint8Array => new TextEncoder().encode(content)
const longPdf = (): Uint8Array =>
  writePdf({
    pages: Array.from({ length: 500 }, (_, page) =>
      Array.from({ length: 40 }, (_, line) => `Line ${line} of sheet ${page + 1} of the manual.`),
    ),
  })

describe('reading on a thread of its own', () => {
  test('gives the same document, and leaves the bytes to the caller', async () => {
    const bytes = text('# Title\n\nSome text.')
    const { document, chunks } = await parseInWorker({ bytes, filename: 'a.md' })
    expect(chunks).toEqual(chunkDocument(document))
    expect(document).toEqual({
      title: 'Title',
      mediaType: 'text/markdown',
      blocks: [
        { kind: 'heading', level: 1, text: 'Title' },
        { kind: 'paragraph', text: 'Some text.' },
      ],
      warnings: [],
    })
    expect(bytes.byteLength).toBe(19)
  })

  test('passes a refusal on with its code and remedy', async () => {
    await expect(parseInWorker({ bytes: writePdf({ pages: [[]] }), filename: 'a.pdf' })).rejects.toMatchObject({
      name: 'DocumentError',
      code: 'no_text',
      remedy: expect.stringContaining('OCR'),
    })
  })

  test('the event loop stays free while 500 pages are read', async () => {
    const bytes = longPdf()
    let longestGap = 0
    let last = performance.now()
    const timer = setInterval(() => {
      longestGap = Math.max(longestGap, performance.now() - last)
      last = performance.now()
    }, 5)
    const { document, chunks } = await parseInWorker({ bytes, filename: 'manual.pdf' })
    clearInterval(timer)
    expect(document.pages).toBe(500)
    expect(chunks.at(-1)?.locator.page).toBe(500)
    expect(longestGap).toBeLessThan(500)
  })

  test('stops at the time limit', async () => {
    await expect(
      parseInWorker({ bytes: longPdf(), filename: 'a.pdf', limits: { timeoutMs: 50 } }),
    ).rejects.toMatchObject({ code: 'timeout' })
  })

  test('stops when aborted, with the reason given', async () => {
    const controller = new AbortController()
    const reading = parseInWorker({ bytes: longPdf(), filename: 'a.pdf', signal: controller.signal })
    setTimeout(() => controller.abort(new Error('upload deleted')), 30)
    await expect(reading).rejects.toThrow('upload deleted')
  })

  test('a document that needs too much memory ends its thread, not the process', async () => {
    const rows = 'a,b,c,d\n'.repeat(1_500_000)
    await expect(
      parseInWorker({ bytes: text(rows), filename: 'a.csv', limits: { memoryMb: 32 } }),
    ).rejects.toMatchObject({ code: 'too_large' })
  })
})
