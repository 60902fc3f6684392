import * as fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { createRandom, EngineInputError, ModelVersionError } from '../../contract/index.ts'
import { confidenceAt, fitConfidence, fitTemperature, probabilitiesOf, thresholdFor } from './calibration.ts'
import { runInWorker } from '../../pool/index.ts'
import { classify, explainClassification } from './classify.ts'
import { evaluateClassifier } from './evaluate-classifier.ts'
import { fitClassifier, type LabelledText } from './fit-classifier.ts'
import { loadClassifier, saveClassifier, type TextClassifier } from './model.ts'

const subjects: Record<string, string[]> = {
  delivery: ['my parcel', 'the package', 'the delivery', 'my order', 'the shipment'],
  refund: ['my money', 'the refund', 'the payment', 'the amount', 'the charge'],
  account: ['my password', 'the login', 'my account', 'my profile', 'the sign in'],
}
const phrases: Record<string, string[]> = {
  delivery: ['has not arrived', 'is late', 'was sent to another address', 'got lost on the way', 'when will it come'],
  refund: ['was taken twice', 'should be paid back', 'I want it returned', 'is too high', 'has not been given back'],
  account: ['does not work', 'was blocked', 'I cannot get in', 'needs to be reset', 'I forgot it'],
}

/** Made-up requests of three labels. */
function requests(count: number, seed: number): LabelledText[] {
  const random = createRandom(seed)
  const pick = (list: readonly string[] | undefined) => list?.[random.integer(list.length)] ?? ''
  return Array.from({ length: count }, () => {
    const label = pick(Object.keys(subjects))
    return {
      text: `${pick(['hello', 'please help', 'hi there', ''])} ${pick(subjects[label])} ${pick(phrases[label])}`,
      label,
    }
  })
}

describe('a classifier of texts', () => {
  let model: TextClassifier
  beforeAll(() => {
    ;({ model } = fitClassifier(requests(300, 1)))
  })

  it('labels texts it has not seen, with probabilities that add up to 1', () => {
    expect(evaluateClassifier(model, requests(100, 2)).accuracy).toBeGreaterThan(0.97)
    const { results } = classify(model, { texts: ['hello my parcel is late'], top: 3 })
    expect(results[0]?.label).toBe('delivery')
    expect(results[0]?.candidates.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 5)
  })

  it('does not know a text without any known word', () => {
    const { results } = classify(model, { texts: ['', 'Ωμέγα 漢字', '!!!'] })
    expect(results.map(({ label, confidence }) => [label, confidence])).toEqual([
      [null, 0],
      [null, 0],
      [null, 0],
    ])
  })

  it('answers the same after it was saved and loaded', () => {
    const saved: unknown = JSON.parse(JSON.stringify(saveClassifier(model)))
    const loaded = loadClassifier(saved as ReturnType<typeof saveClassifier>)
    const texts = requests(20, 3).map(({ text }) => text)
    expect(classify(loaded, { texts })).toEqual(classify(model, { texts }))
    const damaged = { ...saveClassifier(model), contents: { labels: 1 } }
    expect(() => loadClassifier(damaged)).toThrow(ModelVersionError)
  })

  it('is the same to the last byte for the same texts and seed', () => {
    const [a, b, c] = [1, 1, 2].map((seed) =>
      JSON.stringify(saveClassifier(fitClassifier(requests(60, 1), { seed }).model)),
    )
    expect(a).toBe(b)
    expect(a).not.toBe(c)
  })

  it('is the same to the last byte when it is fitted in a worker thread', async () => {
    const module = new URL('fit-classifier.ts', import.meta.url)
    const there = await runInWorker<typeof fitClassifier>(module, 'fitClassifier', [requests(60, 1)], { seed: 3 })
    const here = fitClassifier(requests(60, 1), { seed: 3 })
    expect(JSON.stringify(saveClassifier(there.model))).toBe(JSON.stringify(saveClassifier(here.model)))
    expect(classify(there.model, { texts: ['my parcel is late'] }).results[0]?.candidates[0]?.label).toBe('delivery')
  })

  it('explains a label by parts of the text that add up to its score', () => {
    const { contributions, scores } = explainClassification(model, 'my parcel is late', 'delivery', 1000)
    for (const view of ['phrases', 'letters']) {
      const sum = contributions.reduce((sum, each) => sum + (each.view === view ? each.weight : 0), 0)
      expect(sum).toBeCloseTo(scores[view] ?? 0, 4)
    }
    expect(contributions.slice(0, 8).some(({ feature }) => /parcel|lat/.test(feature))).toBe(true)
    expect(() => explainClassification(model, 'x', 'unheard of')).toThrow(EngineInputError)
    expect(() => explainClassification(model, 'x', 'unheard of')).toThrow('label: the model has no label "unheard of"')
  })

  it('learns from examples of no label what it does not know', () => {
    const foreign = [
      'the weather is nice today',
      'who won the match',
      'tell me a joke',
      'play some music',
      'what is the time in rome',
    ]
    const others = Array.from({ length: 60 }, (_, i) => ({
      text: `${foreign[i % 5] ?? ''} ${String(i % 7)}`,
      label: null,
    }))
    const { model } = fitClassifier([...requests(300, 1), ...others], { precision: 0.98 })
    const report = evaluateClassifier(model, [...requests(50, 4), ...others.slice(0, 10)])
    expect(report.outOfScopeRecall).toBeGreaterThan(0.7)
    expect(report.precision).toBeGreaterThan(0.9)
  })

  it('refuses what nothing can be learnt from', () => {
    expect(() => fitClassifier([{ text: 'a', label: 'x' }])).toThrow(EngineInputError)
    expect(() => fitClassifier(requests(5, 1).map(({ text }) => ({ text, label: 'x' })))).toThrow(
      'at least two are needed',
    )
    expect(() =>
      fitClassifier([
        { text: 'a b', label: 'x' },
        { text: '...', label: 'y' },
      ]),
    ).toThrow('text, row 1')
  })

  it('ends at its time limit with a warning, and at once when aborted', () => {
    const { provenance } = fitClassifier(requests(60, 1), { maxMillis: 0 })
    expect(provenance.warnings.map(({ code }) => code)).toContain('time-limit')
    expect(() => fitClassifier(requests(60, 1), { signal: AbortSignal.abort(new Error('stopped')) })).toThrow('stopped')
  })
})

describe('calibration', () => {
  it('finds the temperature that the scores were made with', () => {
    const random = createRandom(1)
    const classes = 4
    const logits = Float32Array.from({ length: 4000 * classes }, () => random.normal() * 2)
    const probabilities = probabilitiesOf(logits, classes, 1)
    const target = Int32Array.from({ length: 4000 }, (_, row) => {
      let left = random.next()
      for (let k = 0; k < classes; k++) if ((left -= probabilities[row * classes + k] ?? 0) < 0) return k
      return classes - 1
    })
    const stretched = logits.map((value) => value * 3)
    expect(fitTemperature(stretched, target, classes)).toBeCloseTo(3, 0)
  })

  it('confidence never falls as the raw probability rises, and stays between 0 and 1', () => {
    const answers = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean()), {
      minLength: 1,
      maxLength: 60,
    })
    fc.assert(
      fc.property(answers, (given) => {
        const curve = fitConfidence(
          Float64Array.from(given, ([raw]) => raw),
          Uint8Array.from(given, ([, right]) => Number(right)),
          Float64Array.from(given, (_, at) => 1 + (at % 3)),
        )
        let last = 0
        for (let raw = 0; raw <= 1; raw += 0.02) {
          const confidence = confidenceAt(curve, raw)
          expect(confidence).toBeGreaterThanOrEqual(last - 1e-12)
          expect(confidence).toBeLessThanOrEqual(1)
          last = confidence
        }
      }),
    )
  })

  it('the threshold keeps the promised precision', () => {
    const confidence = Float64Array.of(0.9, 0.8, 0.7, 0.6, 0.5)
    const one = new Float64Array(5).fill(1)
    expect(thresholdFor(confidence, Uint8Array.of(1, 1, 0, 1, 0), one, 0.75)).toBe(0.6)
    expect(thresholdFor(confidence, Uint8Array.of(1, 1, 0, 1, 0), one, 1)).toBe(0.8)
    expect(thresholdFor(confidence, Uint8Array.of(0, 0, 0, 0, 0), one, 0.5)).toBe(1)
    // The third answer stands for two: 3 of 5 are right.
    expect(thresholdFor(confidence, Uint8Array.of(1, 1, 0, 1, 0), one.with(2, 2), 0.75)).toBe(0.8)
  })
})

describe('texts of no label', () => {
  const things =
    'car house phone garden kitchen bicycle computer window heating printer bathroom roof lamp table'.split(' ')
  const parts = 'door wheel handle cable screen motor'.split(' ')
  /** Each thing has two parts, which other things have too. */
  const about = (wanted: readonly string[], seed: number) => {
    const random = createRandom(seed)
    return wanted.flatMap((thing) =>
      Array.from({ length: 25 }, () => {
        const part = parts[(things.indexOf(thing) + random.integer(2)) % parts.length]!
        const named = random.next() < 0.6 ? `the ${part} of the ${thing}` : `the ${part}`
        return { text: `${['please help', 'hello', 'so'][random.integer(3)]!} ${named} is broken`, label: thing }
      }),
    )
  }
  const [known, strange] = [things.slice(0, 12), things.slice(12)]

  it('are taken for one with less confidence when they are to be expected, and more is asked of an answer', () => {
    const [closed, open] = [0, 0.4].map((foreign) => {
      const { model } = fitClassifier(about(known, 1), { foreign, precision: 0.7 })
      const { results } = classify(model, { texts: about(strange, 3).map(({ text }) => text) })
      const answered = results.filter(({ label }) => label !== null).length
      return { answered, confidence: results.reduce((sum, { confidence }) => sum + confidence, 0) / results.length }
    })
    expect(open!.confidence).toBeLessThan(0.8 * closed!.confidence)
    expect(open!.answered).toBeLessThan(closed!.answered / 2)
  })

  it('cannot be told from labels left out where there are few', () => {
    expect(() => fitClassifier(requests(60, 1), { foreign: 0.2 })).toThrow('foreign: needs 10 labels')
  })
})
