import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chunkDocument } from './chunking.ts'
import { documentText } from './document-text.ts'
import type { Block } from './parsing/document.ts'
import { joinChunks } from './source-text.ts'

const words = (text: string) => text.split(/\s+/).filter(Boolean)

const sentence = fc
  .array(fc.constantFrom('the', 'owl', 'sleeps', 'under', 'a', 'roof', 'while', 'rain', 'falls'), {
    minLength: 3,
    maxLength: 14,
  })
  .map((all) => `${all.join(' ')}.`)
const block: fc.Arbitrary<Block> = fc.oneof(
  fc.record({ kind: fc.constant('heading' as const), level: fc.integer({ min: 1, max: 3 }), text: sentence }),
  fc
    .array(sentence, { minLength: 1, maxLength: 12 })
    .map((all) => ({ kind: 'paragraph' as const, text: all.join(' ') })),
  fc.array(sentence, { minLength: 1, maxLength: 9 }).map((all) => ({
    kind: 'table' as const,
    text: ['head | of | table', ...all.map((cell) => `${cell} | ${cell}`)].join('\n'),
  })),
  fc.record({ kind: fc.constant('utterance' as const), speaker: fc.constantFrom('Ann', 'Ben'), text: sentence }),
)

describe('the text around a passage', () => {
  test('is the text of the document again, whatever chunks overlap or repeat', () => {
    fc.assert(
      fc.property(fc.array(block, { minLength: 1, maxLength: 20 }), (blocks) => {
        const chunks = chunkDocument({ blocks }, { targetTokens: 40, overlap: 0.3 })
        const joined = joinChunks(chunks)
        expect(words(joined.text)).toEqual(words(documentText(blocks).text))
        for (const { locator, text, prefixLength } of chunks)
          expect(
            words(joined.text.slice(locator.startOffset - joined.start, locator.endOffset - joined.start)),
          ).toEqual(words(text.slice(prefixLength)))
      }),
    )
  })

  test('knows on which page it is', () => {
    const blocks: Block[] = [1, 2, 3].map((page) => ({
      kind: 'paragraph',
      page,
      text: `Page ${page} begins. ${'It goes on and on. '.repeat(12)}`.trim(),
    }))
    const { text, marks } = joinChunks(chunkDocument({ blocks }, { targetTokens: 30, overlap: 0.2 }))
    expect(marks.map((mark) => mark.page)).toEqual([1, 2, 3])
    for (const mark of marks) expect(text.slice(mark.offset)).toMatch(new RegExp(`^Page ${mark.page} begins`))
  })
})
