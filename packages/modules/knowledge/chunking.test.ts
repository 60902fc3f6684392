import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Chunk, chunkDocument, locateInChunk } from './chunking.ts'
import { documentText } from './document-text.ts'
import type { Block } from './parsing/document.ts'

const sentence = (n: number): string => `Sentence number ${n} tells about the rules of this house and a little more.`
const paragraph = (from: number, count: number): Block => ({
  kind: 'paragraph',
  text: Array.from({ length: count }, (_, index) => sentence(from + index)).join(' '),
})
const heading = (level: number, text: string): Block => ({ kind: 'heading', level, text })

const sheet = (name: string): Block[] => [
  { kind: 'heading', level: 2, text: name, sheet: name },
  { kind: 'table', text: 'A | B\n1 | 2', sheet: name },
]

function ownText(chunk: Chunk): string {
  return chunk.text.slice(chunk.prefixLength)
}

describe('a chunk', () => {
  test('keeps to its section and carries the headings above it', () => {
    const blocks = [
      heading(1, 'Guide'),
      heading(2, 'Opening'),
      paragraph(0, 20),
      heading(2, 'Prices'),
      paragraph(20, 20),
      heading(1, 'Annex'),
      paragraph(40, 20),
    ]
    expect(chunkDocument({ blocks }).map(({ headingPath, text }) => [headingPath, text.split('\n')[0]])).toEqual([
      [['Guide', 'Opening'], 'Guide'],
      [['Guide', 'Prices'], 'Prices'],
      [['Annex'], 'Annex'],
    ])
  })

  test('starts with the title that announces it, however long it is', () => {
    const blocks = [heading(1, 'Guide'), heading(2, 'Opening'), paragraph(0, 100)]
    expect(chunkDocument({ blocks })[0]?.text).toMatch(/^Guide\n\nOpening\n\nSentence number 0/)
  })

  test('holds several small neighbouring sections, under the heading that they share', () => {
    const blocks = [
      heading(1, 'FAQ'),
      ...[0, 1, 2].flatMap((n) => [heading(2, `Question ${n}`), paragraph(n, 1)]),
      heading(1, 'Other'),
      paragraph(9, 1),
    ]
    expect(chunkDocument({ blocks }).map((chunk) => chunk.headingPath)).toEqual([['FAQ'], ['Other']])
  })

  test('ends between sentences and repeats the last ones of the chunk before', () => {
    const chunks = chunkDocument({ blocks: [paragraph(0, 100)] }, { targetTokens: 200, overlap: 0.2 })
    expect(chunks.length).toBeGreaterThan(5)
    for (const [index, chunk] of chunks.entries()) {
      expect(chunk.text).toMatch(/^Sentence .* more\.$/)
      expect(chunk.tokens).toBeLessThanOrEqual(234)
      const next = chunks[index + 1]
      if (!next) continue
      expect(next.locator.startOffset).toBeLessThan(chunk.locator.endOffset)
      expect(next.locator.startOffset).toBeGreaterThan(chunk.locator.startOffset)
    }
  })

  test('without overlap starts where the one before ended', () => {
    const chunks = chunkDocument({ blocks: [paragraph(0, 100)] }, { targetTokens: 200, overlap: 0 })
    const ends = chunks.map((chunk) => chunk.locator.endOffset + 1)
    expect(chunks.map((chunk) => chunk.locator.startOffset)).toEqual([0, ...ends.slice(0, -1)])
  })

  test('of a divided table starts with the header row, and no row is divided', () => {
    const rows = Array.from({ length: 200 }, (_, n) => `Service ${n} | ${n} EUR | ${n} min`)
    const chunks = chunkDocument(
      { blocks: [{ kind: 'table', text: ['Service | Price | Duration', ...rows].join('\n') }] },
      { targetTokens: 100 },
    )
    expect(chunks.length).toBeGreaterThan(10)
    for (const chunk of chunks) expect(chunk.text.split('\n')[0]).toBe('Service | Price | Duration')
    expect(chunks.flatMap((chunk) => chunk.text.split('\n').slice(1))).toEqual(rows)
  })

  test('names the page, and a citation within it names the page of its own sentence', () => {
    const blocks = [1, 2, 3].map((page): Block => ({ ...paragraph(page * 10, 3), page }))
    const [chunk, ...more] = chunkDocument({ blocks })
    if (!chunk) throw new Error('no chunk')
    expect(more).toEqual([])
    expect(chunk.locator.page).toBe(1)
    expect(locateInChunk(chunk, chunk.text.indexOf(sentence(21))).page).toBe(2)
    expect(locateInChunk(chunk, chunk.text.length - 1).page).toBe(3)
  })

  test('of a conversation names speakers and spans the seconds of its turns', () => {
    const blocks = Array.from({ length: 60 }, (_, n): Block => ({
      kind: 'utterance',
      speaker: n % 2 ? 'Marco' : 'Anna',
      text: sentence(n),
      startSeconds: n * 10,
      endSeconds: n * 10 + 8,
    }))
    const chunks = chunkDocument({ blocks })
    expect(chunks[0]?.text).toMatch(/^Anna: Sentence number 0 .*\nMarco: /)
    expect(chunks[0]?.locator.startSeconds).toBe(0)
    expect(chunks.at(-1)?.locator.endSeconds).toBe(598)
    for (const chunk of chunks) {
      const at = chunk.text.lastIndexOf('Sentence number')
      const n = Number(/\d+/.exec(chunk.text.slice(at))?.[0])
      expect(locateInChunk(chunk, at)).toMatchObject({ startSeconds: n * 10, speaker: n % 2 ? 'Marco' : 'Anna' })
    }
  })

  test('never mixes worksheets', () => {
    expect(
      chunkDocument({ blocks: [...sheet('Prices'), ...sheet('Staff')] }).map((chunk) => chunk.locator.sheet),
    ).toEqual(['Prices', 'Staff'])
  })

  test('divides a sentence only when it is too long by itself', () => {
    const endless = 'word '.repeat(1000).trim()
    const chunks = chunkDocument(
      {
        blocks: [
          { kind: 'paragraph', text: `Short one. ${endless}. Short two.` },
          { kind: 'code', text: 'x'.repeat(5000) },
        ],
      },
      { targetTokens: 100 },
    )
    for (const chunk of chunks) expect(chunk.tokens).toBeLessThanOrEqual(120)
    expect(chunks.some((chunk) => chunk.text.startsWith('Short one.'))).toBe(true)
  })

  test('refuses sizes that make no sense', () => {
    expect(() => chunkDocument({ blocks: [] }, { targetTokens: 5 })).toThrow('targetTokens')
    expect(() => chunkDocument({ blocks: [] }, { overlap: 0.9 })).toThrow('overlap')
    expect(chunkDocument({ blocks: [] })).toEqual([])
  })

  test('of a long book is made in reasonable time', () => {
    const started = performance.now()
    expect(chunkDocument({ blocks: Array.from({ length: 2000 }, (_, n) => paragraph(n, 20)) }).length).toBeGreaterThan(
      1000,
    )
    expect(performance.now() - started).toBeLessThan(10_000)
  })
})

describe('for any document', () => {
  const words = fc
    .array(
      fc.oneof(
        fc.constantFrom('Open.', 'Why?', 'Dr.', '3.', '-', 'a', 'Anna:', '…', '\n'),
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
      ),
      { minLength: 1, maxLength: 60 },
    )
    .map((all) => all.join(' '))
  const block: fc.Arbitrary<Block> = fc
    .record(
      {
        kind: fc.constantFrom(
          'heading' as const,
          'paragraph' as const,
          'list' as const,
          'table' as const,
          'code' as const,
          'utterance' as const,
        ),
        text: words,
        level: fc.integer({ min: 1, max: 6 }),
        page: fc.integer({ min: 1, max: 9 }),
        speaker: fc.constantFrom('Anna', 'Marco'),
        startSeconds: fc.nat({ max: 100 }),
      },
      { requiredKeys: ['kind', 'text'] },
    )
    .filter((one) => one.text.trim() !== '')
  const options = fc.record({
    targetTokens: fc.integer({ min: 20, max: 120 }),
    overlap: fc.double({ min: 0, max: 0.5, noNaN: true }),
  })

  test('offsets lead back to the text, ordinals count up, and every chunk moves on', () => {
    fc.assert(
      fc.property(fc.array(block, { maxLength: 12 }), options, (blocks, chosen) => {
        const { text } = documentText(blocks)
        const chunks = chunkDocument({ blocks }, chosen)
        for (const [index, chunk] of chunks.entries()) {
          const { startOffset, endOffset } = chunk.locator
          expect(text.slice(startOffset, endOffset)).toBe(ownText(chunk))
          expect(ownText(chunk).trim()).not.toBe('')
          expect(chunk.ordinal).toBe(index)
          expect(chunk.marks[0]?.offset).toBe(0)
          if (index > 0) expect(endOffset).toBeGreaterThan(chunks[index - 1]?.locator.endOffset ?? 0)
        }
      }),
    )
  })

  test('nothing but white space is left out', () => {
    fc.assert(
      fc.property(fc.array(block, { maxLength: 12 }), options, (blocks, chosen) => {
        const { text } = documentText(blocks)
        let covered = 0
        let left = ''
        for (const { locator } of chunkDocument({ blocks }, chosen)) {
          left += text.slice(covered, Math.max(covered, locator.startOffset))
          covered = Math.max(covered, locator.endOffset)
        }
        expect((left + text.slice(covered)).trim()).toBe('')
      }),
    )
  })
})
