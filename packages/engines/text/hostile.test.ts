import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  assertContext,
  buildSearchIndex,
  detectLanguage,
  findNearDuplicates,
  keyPhrases,
  maskPersonalData,
  matchLogTemplates,
  mineLogTemplates,
  readability,
  scanSpans,
  searchIndex,
  splitSentences,
  tokenize,
} from './index.ts'

const awkward = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '\ud800',
    '\udfff x',
    '\u0000',
    'ǅ İ ß',
    '😀@😀.de',
    '١٢٣',
    '1e999',
    '__proto__',
    'constructor',
    'ﬁn',
    '\u202eabc',
  ),
)

it('no text makes a function throw anything but a refusal, and the same text gives the same bytes', () => {
  fc.assert(
    fc.property(fc.array(awkward, { maxLength: 8 }), (parts) => {
      const text = parts.join(' ')
      const run = () => [
        scanSpans({ text }),
        maskPersonalData({ text }),
        detectLanguage({ text }),
        keyPhrases({ text }),
        findNearDuplicates({ texts: [...parts, text] }),
        matchLogTemplates(mineLogTemplates(parts).model, parts),
        searchIndex(buildSearchIndex(parts.map((part, at) => ({ id: String(at), text: part }))), text).hits,
        splitSentences(text),
        /\p{L}/u.test(text) ? readability({ text: `${text} word` }) : tokenize(text),
        text === '' ? null : assertContext({ text, findings: [{ start: 0, end: 1 }] }),
      ]
      expect(JSON.stringify(run())).toBe(JSON.stringify(run()))
    }),
  )
})
