import * as fc from 'fast-check'
import { expect, it, test } from 'vitest'
import { assertContext } from './context.ts'

/** The context of the part in capitals. */
const contextOf = (text: string) => {
  const finding = /\p{Lu}{3,}(?: \p{Lu}{2,})*/u.exec(text)
  const start = finding?.index ?? 0
  const result = assertContext({ text, findings: [{ start, end: start + (finding?.[0].length ?? 0) }] }).findings[0]
  return [result?.negation, result?.temporality, result?.experiencer]
}

test.each([
  ['He denies any CHEST PAIN.', 'negated'],
  ['No fever, chills or NIGHT SWEATS.', 'negated'],
  ['No fever, but has a COUGH.', 'affirmed'],
  ['The patient has no fever and she is complaining of COUGH.', 'affirmed'],
  ['PULMONARY EMBOLISM was ruled out.', 'negated'],
  ['PNEUMONIA is unlikely.', 'negated'],
  ['A FRACTURE was not seen.', 'negated'],
  ['The chest film was noted to be negative for INFILTRATE.', 'negated'],
  ['No change in the size of the NODULE.', 'affirmed'],
  ['He walks without difficulty and has EDEMA.', 'affirmed'],
  ['Her RASH has resolved.', 'negated'],
  ['Possible PNEUMONIA on the left.', 'possible'],
  ['A MASS cannot be excluded.', 'possible'],
  ['There is COUGH and wheezing.', 'affirmed'],
  ['No headache. He has FEVER.', 'affirmed'],
  ['1) No polyps 2) ULCER in the antrum', 'affirmed'],
  ['No fever (101) or CHILLS.', 'negated'],
])('%s: %s', (text, negation) => {
  expect(contextOf(text)[0]).toBe(negation)
})

test.each([
  ['History of STROKE.', 'historical', 'patient'],
  ['Past medical history is significant for ASTHMA.', 'historical', 'patient'],
  ['Return if you notice BLEEDING.', 'hypothetical', 'patient'],
  ['Her mother had DIABETES.', 'recent', 'other'],
  ['His father died young but the patient has ANGINA.', 'recent', 'patient'],
  ['Presents with COUGH.', 'recent', 'patient'],
  ['There is an old RIB FRACTURE.', 'historical', 'patient'],
  ['She is 60 years old with FEVER.', 'recent', 'patient'],
  ['Because of her ASTHMA history she was admitted.', 'historical', 'patient'],
  ['Social history: TOBACCO, alcohol.', 'historical', 'patient'],
  ['At the previous hospital she had grown steadily and day by day more LETHARGIC.', 'recent', 'patient'],
  ['1) Esophagitis s/p biopsy 2) HIATAL HERNIA 3) Normal duodenum', 'recent', 'patient'],
])('%s: %s, of the %s', (text, temporality, experiencer) => {
  expect(contextOf(text).slice(1)).toEqual([temporality, experiencer])
})

it('a heading in capitals ends what was said before it', () => {
  const text = 'CT WITHOUT IODINE (5 ml) CLINICAL HISTORY: melanoma'
  const start = text.indexOf('melanoma')
  expect(assertContext({ text, findings: [{ start, end: text.length }] }).findings[0]?.negation).toBe('affirmed')
})

it('the evidence is quoted from its place in the text', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.constantFrom('no', 'denies', 'history of', 'FEVER', 'but', 'cough', 'was ruled out', '.', ':', 'if'),
        {
          minLength: 1,
        },
      ),
      (parts) => {
        const text = `${parts.join(' ')} FEVER`
        const start = text.indexOf('FEVER')
        for (const { evidence } of assertContext({ text, findings: [{ start, end: start + 5 }] }).findings)
          for (const { trigger, start, end } of evidence) expect(text.slice(start, end)).toBe(trigger)
      },
    ),
  )
})

it('a long text without full stops takes time in proportion to its findings', () => {
  const text = 'no history of fever if cough but denies pain and '.repeat(5000)
  const findings = Array.from({ length: 300 }, (_, at) => ({ start: at * 200, end: at * 200 + 5 }))
  const started = performance.now()
  assertContext({ text, findings })
  expect(performance.now() - started).toBeLessThan(3000)
})

it('a finding outside of the text is refused by its row', () => {
  const findings = [
    { start: 0, end: 2 },
    { start: 3, end: 99 },
  ]
  expect(() => assertContext({ text: 'short', findings })).toThrow('findings, row 1')
})
