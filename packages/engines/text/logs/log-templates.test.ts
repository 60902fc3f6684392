import * as fc from 'fast-check'
import { expect, it, test } from 'vitest'
import { loadLogTemplates, maskWord, matchLogTemplates, mineLogTemplates, saveLogTemplates } from './log-templates.ts'

const lines = [
  'Received block blk_-1608 of size 67108864 from /10.250.10.6',
  'User anna logged in after 12 ms',
  'Received block blk_3587 of size 91178 from /10.251.215.16',
  'User marco logged in after 7 ms',
  'Cache refreshed',
  'User li logged in after 0 ms',
]

it('lines of one kind share a template whose varying words are marked', () => {
  const { templates, assignment } = mineLogTemplates(lines, { depth: 1 })
  expect(templates).toEqual([
    { template: 'Received block blk_<*> of size <*> from /<*>', count: 2, first: 0 },
    { template: 'User <*> logged in after <*> ms', count: 3, first: 1 },
    { template: 'Cache refreshed', count: 1, first: 4 },
  ])
  expect(assignment).toEqual([0, 1, 0, 1, 2, 1])
})

it('new lines are matched without changing the templates, also after saving', () => {
  const { model } = mineLogTemplates(lines, { depth: 1 })
  const loaded = loadLogTemplates(structuredClone(saveLogTemplates(model)))
  const before = JSON.stringify(loaded)
  expect(
    matchLogTemplates(loaded, ['User eva logged in after 99 ms', 'Disk full', 'Cache refreshed', '']).assignment,
  ).toEqual([1, -1, 2, -1])
  expect(JSON.stringify(loaded)).toBe(before)
})

test.each([
  ['blk_-160899', 'blk_<*>'],
  ['10.0.0.1:80', '<*>'],
  ['size=12,', 'size=<*>,'],
  ['3f2a-9b01', '<*>'],
  ['0x7fff', '<*>'],
  ['plain', 'plain'],
])('%s is masked as %s', (word, masked) => {
  expect(maskWord(word)).toBe(masked)
})

it('each line fits its template word by word', () => {
  const words = fc.array(fc.constantFrom('a', 'b', 'open', 'x1', '5', 'k=9'), { maxLength: 6 })
  fc.assert(
    fc.property(fc.array(words, { maxLength: 30 }), (rows) => {
      const { templates, assignment } = mineLogTemplates(rows.map((row) => row.join(' ')))
      for (const [at, row] of rows.entries()) {
        const template = (templates[assignment[at] ?? -1]?.template ?? '?').split(' ').filter(Boolean)
        expect(template).toHaveLength(row.length)
        for (const [place, word] of row.entries()) expect(['<*>', maskWord(word)]).toContain(template[place])
      }
      expect(templates.reduce((sum, { count }) => sum + count, 0)).toBe(rows.length)
    }),
  )
})

it('at the time limit the lines read so far have their templates, and a warning says how many they are', () => {
  const { assignment, provenance } = mineLogTemplates(lines, { maxMillis: 0 })
  expect(assignment).toEqual([])
  expect(provenance.warnings.map(({ code }) => code)).toEqual(['time-limit'])
})
