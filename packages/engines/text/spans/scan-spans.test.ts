import * as fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { EngineInputError } from '../../contract/index.ts'
import { isIban } from './accounts.ts'
import { passesLuhn } from './check-digits.ts'
import { decimalOf, scaled } from './numbers.ts'
import { scanSpans } from './scan-spans.ts'
import type { SpanKind } from './span.ts'

type Row = [text: string, kind: SpanKind, found: string, value: string | null, unit: string | null]

const only = (text: string, kind: SpanKind) =>
  scanSpans({ text, kinds: [kind], today: '2026-11-20' }).spans.map(({ text, value, unit }) => [text, value, unit])

test.each<Row>([
  ['on 14 March 2026.', 'date', '14 March 2026', '2026-03-14', null],
  ['the 14th day of March, 2026', 'date', '14th day of March, 2026', '2026-03-14', null],
  ['on March 14, 2026 at 3:05 pm', 'date', 'March 14, 2026 at 3:05 pm', '2026-03-14T15:05', null],
  ['at 2026-03-14T10:30:00Z', 'date', '2026-03-14T10:30:00Z', '2026-03-14T10:30:00Z', null],
  ['am 3. Mai 2026 um 14:00', 'date', '3. Mai 2026 um 14:00', '2026-05-03T14:00', null],
  ['le 1er mars 2026', 'date', '1er mars 2026', '2026-03-01', null],
  ['il 14 marzo 2026', 'date', '14 marzo 2026', '2026-03-14', null],
  ['el 5 de enero de 2027', 'date', '5 de enero de 2027', '2027-01-05', null],
  ['by 31.12.26, latest', 'date', '31.12.26', '2026-12-31', null],
  ['in March 2026', 'date', 'March 2026', '2026-03', null],
  ['due 14.03.2026 24:00', 'date', '14.03.2026 24:00', '2026-03-14T24:00', null],
  ['at 2026-03-14 24:30', 'date', '2026-03-14', '2026-03-14', null],
  ['at 2026-03-14 10:30:75', 'date', '2026-03-14', '2026-03-14', null],
  ['at 2026-03-14 12:05 am', 'date', '2026-03-14 12:05 am', '2026-03-14T00:05', null],
  ['on 5 March', 'date', '5 March', '--03-05', null],
  ['see you tomorrow', 'date', 'tomorrow', '2026-11-21', null],
  ['next Friday', 'date', 'next Friday', '2026-11-27', null],
  ['within thirty (30) days', 'duration', 'thirty (30) days', 'P30D', null],
  ['2 hours and 30 minutes', 'duration', '2 hours and 30 minutes', 'PT2H30M', null],
  ['a 3-year term', 'duration', '3-year', 'P3Y', null],
  ['drei Wochen später', 'duration', 'drei Wochen', 'P3W', null],
  ['pays €1.250,50 now', 'money', '€1.250,50', '1250.50', 'EUR'],
  ['of $3.5 million.', 'money', '$3.5 million', '3500000', 'USD'],
  ['rund 3 Mio. Euro', 'money', '3 Mio. Euro', '3000000', 'EUR'],
  ["für 1'200.– CHF", 'money', "1'200.– CHF", '1200', 'CHF'],
  ['just 50 cents', 'money', '50 cents', '0.50', null],
  ['twenty-five dollars', 'money', 'twenty-five dollars', '25', 'USD'],
  ['weighs 12.5 kg', 'quantity', '12.5 kg', '12.5', 'kg'],
  ['at 80 km/h', 'quantity', '80 km/h', '80', 'km/h'],
  ['bei 37,2 °C', 'quantity', '37,2 °C', '37.2', '°C'],
  [
    'mail <Anna.Rossi+x@mail.example.co.uk>',
    'email',
    'Anna.Rossi+x@mail.example.co.uk',
    'anna.rossi+x@mail.example.co.uk',
    null,
  ],
  ['(see https://example.com/a_(b).)', 'url', 'https://example.com/a_(b)', 'https://example.com/a_(b)', null],
  ['from 192.168.1.10.', 'ip', '192.168.1.10', '192.168.1.10', null],
  ['call +49 (0)30 1234567', 'phone', '+49 (0)30 1234567', '+49301234567', null],
  ['(555) 123-4567 ext. 12', 'phone', '(555) 123-4567 ext. 12', '5551234567;ext=12', null],
  ['Tel. 0471 123456', 'phone', '0471 123456', '0471123456', null],
  ['DE89 3704 0044 0532 0130 00', 'iban', 'DE89 3704 0044 0532 0130 00', 'DE89370400440532013000', 'DE'],
  ['GB82WEST12345698765432', 'iban', 'GB82WEST12345698765432', 'GB82WEST12345698765432', 'GB'],
  ['card 4111-1111-1111-1111', 'card', '4111-1111-1111-1111', '4111111111111111', null],
  ['SSN 123-45-6789', 'national-id', '123-45-6789', '123456789', 'US'],
  ['CF RSSMRA85T10A562S', 'national-id', 'RSSMRA85T10A562S', 'RSSMRA85T10A562S', 'IT'],
  ['AHV 756.9217.0769.85', 'national-id', '756.9217.0769.85', '7569217076985', 'CH'],
  ['DNI 12345678Z', 'national-id', '12345678Z', '12345678Z', 'ES'],
  ['at 221B Baker Street, London NW1 6XE.', 'address', '221B Baker Street, London NW1 6XE', null, null],
  ['Hauptstraße 5, 10115 Berlin', 'address', 'Hauptstraße 5, 10115 Berlin', null, null],
  ['12 rue de la Paix, 75002 Paris', 'address', '12 rue de la Paix, 75002 Paris', null, null],
  ['Via Roma 12, 39100 Bolzano', 'address', 'Via Roma 12, 39100 Bolzano', null, null],
  ['between Acme Widgets Ltd. and', 'company', 'Acme Widgets Ltd.', 'Acme Widgets Ltd.', null],
  [
    'die Müller & Söhne GmbH & Co. KG in',
    'company',
    'Müller & Söhne GmbH & Co. KG',
    'Müller & Söhne GmbH & Co. KG',
    null,
  ],
  ['de89 3704 0044 0532 0130 00', 'iban', 'de89 3704 0044 0532 0130 00', 'DE89370400440532013000', 'DE'],
  ['DE88 3704 0044 0532 0130 00', 'invalid-iban', 'DE88 3704 0044 0532 0130 00', 'DE88370400440532013000', 'DE'],
  ['DE893704004405320130001.', 'invalid-iban', 'DE893704004405320130001', 'DE893704004405320130001', 'DE'],
  ['GB82 WEST 1234 5698 7654 31', 'invalid-iban', 'GB82 WEST 1234 5698 7654 31', 'GB82WEST12345698765431', 'GB'],
  ['IBAN: XX12 3456 7890 1234 5678', 'invalid-iban', 'XX12 3456 7890 1234 5678', 'XX123456789012345678', 'XX'],
  ['ask Dr. Anna Rossi today', 'person', 'Dr. Anna Rossi', 'Anna Rossi', null],
  ['(the "Supplier")', 'role', '(the "Supplier")', 'Supplier', null],
])('%s holds the %s %s', (text, kind, found, value, unit) => {
  expect(only(text, kind)).toEqual([[found, value, unit]])
})

test.each<[string, SpanKind]>([
  ['31.02.2026, 2026-13-01', 'date'],
  ['version 1.2.3 of it', 'date'],
  ['DE88 3704 0044 0532 0130 00', 'iban'],
  ['DE88 3704 0044 0532 0130 00', 'phone'],
  ['DE89 3704 0044 0532 0130 00', 'invalid-iban'],
  ['order DE12 3456 7890', 'invalid-iban'],
  ['part SE19 2024 1111 2222', 'invalid-iban'],
  ['4111 1111 1111 1112', 'card'],
  ['RSSMRA85T10A562T', 'national-id'],
  ['999.1.1.1 and 1.2.3.4.5', 'ip'],
  ['not@an, address@ nor @this', 'email'],
  ['order 12345678', 'phone'],
  ['he may march on', 'date'],
])('%s holds no %s', (text, kind) => {
  expect(only(text, kind)).toEqual([])
})

describe('scanning', () => {
  it('stops at a signal, and at the time limit says how far it has read', () => {
    const text = 'write to a@example.org '.repeat(20_000)
    expect(() => scanSpans({ text }, { signal: AbortSignal.abort(new Error('stopped')) })).toThrow('stopped')
    const { spans, provenance } = scanSpans({ text }, { maxMillis: 0 })
    expect(spans).toEqual([])
    expect(provenance.warnings.map(({ message }) => message)).toEqual([
      `The time limit ended the search after 0 of ${String(text.length)} characters.`,
    ])
  })

  it('reads ambiguous dates in the order asked for, and says that they are', () => {
    const text = 'due 3/4/2026'
    const european = scanSpans({ text })
    expect(european.spans[0]?.value).toBe('2026-04-03')
    expect(scanSpans({ text, dateOrder: 'mdy' }).spans[0]?.value).toBe('2026-03-04')
    expect(european.provenance.warnings.map(({ code }) => code)).toEqual(['ambiguous-dates'])
    expect(scanSpans({ text: 'due 31/4/2026 or 3/14/2026' }).spans.map(({ value }) => value)).toEqual(['2026-03-14'])
  })

  it('finds the terms of own lists without regard to case and accents, the longest first', () => {
    const { spans } = scanSpans({
      text: 'Took PARACÉTAMOL and acetylsalicylic acid.',
      gazetteers: [
        {
          name: 'drugs',
          terms: [
            { value: 'N02BE01', phrases: ['paracetamol', 'acetaminophen'] },
            { value: 'acid', phrases: ['acid'] },
            { value: 'B01AC06', phrases: ['acetylsalicylic acid'] },
          ],
        },
      ],
    })
    expect(spans.map(({ text, value, unit }) => [text, value, unit])).toEqual([
      ['PARACÉTAMOL', 'N02BE01', 'drugs'],
      ['acetylsalicylic acid', 'B01AC06', 'drugs'],
    ])
  })

  it('gives ranges in order that hold what they say and do not overlap, whatever the text', () => {
    const pieces = fc.constantFrom(
      ...'12 März 2026-03-14 +49 (0) a@b.com DE89370400440532013000 € $ 3.5 million days GmbH Dr. Via Roma ( " ) , . - / @ 4111111111111111 😀 ä next 1,234.5 %'.split(
        ' ',
      ),
    )
    const texts = fc.array(fc.tuple(pieces, fc.constantFrom(' ', '', '\n')), { maxLength: 40 })
    fc.assert(
      fc.property(texts, (parts) => {
        const text = parts.flat().join('')
        let last = 0
        for (const span of scanSpans({ text }).spans) {
          expect(span.start).toBeGreaterThanOrEqual(last)
          expect(span.end).toBeGreaterThan(span.start)
          expect(text.slice(span.start, span.end)).toBe(span.text)
          last = span.end
        }
      }),
    )
  })

  it('takes time in proportion to the text, also for texts made to be slow', () => {
    for (const piece of [
      'a.',
      '1 ',
      '(',
      'a@',
      '1-1-',
      'Aa ',
      '1.1',
      '+1 (',
      'Via Aa ',
      'A1',
      'http://',
      "'a",
      '& Co ',
    ]) {
      const started = performance.now()
      scanSpans({ text: piece.repeat(40_000) })
      expect(performance.now() - started).toBeLessThan(2000)
    }
  })

  it('refuses unknown kinds and days by name', () => {
    expect(() => scanSpans({ text: 'x', today: '2026-02-30' })).toThrow(EngineInputError)
    expect(() => scanSpans({ text: 'x', kinds: [] })).toThrow('kinds')
  })
})

test.each([
  ['1,234.50', '1234.50'],
  ['1.234,50', '1234.50'],
  ['1.234', '1234'],
  ['1.234.567', '1234567'],
  ["1'234.5", '1234.5'],
  ['0.125', '0.125'],
  ['12,5', '12.5'],
  ['007', '7'],
])('%s is %s', (written, decimal) => {
  expect(decimalOf(written)).toBe(decimal)
})

test('a scale multiplies exactly', () => {
  expect(scaled('3.5', 'million')).toBe('3500000')
  expect(scaled('1.2345678', 'Mio.')).toBe('1234567.8')
  expect(scaled('0.5', 'bn')).toBe('500000000')
})

const change = (text: string, place: number, by: number) =>
  text.slice(0, place) + String((Number(text[place]) + by) % 10) + text.slice(place + 1)

test('one wrong digit is always noticed by the check digits of IBANs and cards', () => {
  const digit = fc.tuple(fc.nat(), fc.integer({ min: 1, max: 9 }))
  fc.assert(
    fc.property(digit, ([place, by]) => {
      expect(isIban(change('DE89370400440532013000', 2 + (place % 20), by))).toBe(false)
      expect(passesLuhn(change('4111111111111111', place % 16, by))).toBe(false)
    }),
  )
})
