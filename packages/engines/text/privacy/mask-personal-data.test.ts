import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { findPersonalData, maskPersonalData, restorePersonalData } from './mask-personal-data.ts'

const letter =
  'Dr. Anna Rossi (anna@example.com, +49 30 1234567) pays from DE89 3704 0044 0532 0130 00; write to anna@example.com or bob@example.com.'

it('hides personal data, the same value behind the same mask', () => {
  const { text, vault, counts } = maskPersonalData({ text: letter })
  expect(text).toBe('[PERSON_1] ([EMAIL_1], [PHONE_1]) pays from [IBAN_1]; write to [EMAIL_1] or [EMAIL_2].')
  expect(counts).toEqual({ person: 1, email: 3, phone: 1, iban: 1 })
  expect(restorePersonalData('Dear [PERSON_1], we wrote to [EMAIL_2], not to [EMAIL_9].', vault)).toBe(
    'Dear Dr. Anna Rossi, we wrote to bob@example.com, not to [EMAIL_9].',
  )
})

it("a mistyped IBAN is somebody's all the same", () => {
  const { text, vault } = maskPersonalData({ text: 'IBAN DE89 3704 0044 0532 0130 01, thanks' })
  expect(text).toBe('IBAN [INVALID_IBAN_1], thanks')
  expect(vault).toEqual({ '[INVALID_IBAN_1]': 'DE89 3704 0044 0532 0130 01' })
})

it('takes time in proportion to what it hides', () => {
  const text = Array.from({ length: 40_000 }, (_, at) => `user${String(at)}@example.org wrote`).join(' ')
  const started = performance.now()
  const { text: masked, vault } = maskPersonalData({ text })
  expect(performance.now() - started).toBeLessThan(8000)
  expect(restorePersonalData(masked, vault)).toBe(text)
})

it('names of an own list are hidden too', () => {
  const gazetteers = [{ name: 'staff', terms: [{ value: '7', phrases: ['Mario Bianchi'] }] }]
  expect(maskPersonalData({ text: 'ask mario bianchi', gazetteers }).text).toBe('ask [TERM_1]')
})

it('every text comes back as it was', () => {
  const pieces = fc.constantFrom(
    'a@b.com',
    'A@b.com',
    '+49 30 1234567',
    '4111 1111 1111 1111',
    '[EMAIL_1]',
    '[PHONE_2]',
    'Herr Meier',
    'Via Roma 12',
    ' ',
    ', ',
    '1',
    '[',
    'x',
    '192.168.0.1',
    '\n',
  )
  fc.assert(
    fc.property(fc.array(fc.oneof(pieces, fc.string({ maxLength: 5 })), { maxLength: 30 }), (parts) => {
      const text = parts.join('')
      const masked = maskPersonalData({ text })
      expect(restorePersonalData(masked.text, masked.vault)).toBe(text)
    }),
    { numRuns: 500 },
  )
})

it('what is hidden cannot be read in the masked text', () => {
  const { text, vault } = maskPersonalData({ text: letter })
  for (const secret of Object.values(vault)) expect(text).not.toContain(secret)
})

it('what was found says where it comes from, and a signal ends the search', () => {
  const { spans, provenance } = findPersonalData({ text: letter })
  expect(spans.map(({ kind }) => kind)).toEqual(['person', 'email', 'phone', 'iban', 'email', 'email'])
  expect(provenance.engine).toBe('text/spans')
  const signal = AbortSignal.abort(new Error('stopped'))
  expect(() => maskPersonalData({ text: letter }, { signal })).toThrow('stopped')
})
