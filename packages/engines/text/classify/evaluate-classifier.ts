import { checkInput, type Provenance } from '../../contract/index.ts'
import { classify } from './classify.ts'
import { ClassifierInput, type LabelledText } from './fit-classifier.ts'
import type { TextClassifier } from './model.ts'

export interface ClassifierReport {
  texts: number
  /** Share of the labelled texts whose first candidate is right, withheld or not. */
  accuracy: number
  /** Mean over labels of the harmonic mean of precision and recall. */
  macroF1: number
  /** Share of texts that got an answer, and how many of those were right. */
  coverage: number
  precision: number
  /** Share of texts of no label (`null`) that got no answer; null when there are none. */
  outOfScopeRecall: number | null
  /** Mean distance between confidence and how often it was right, in ten bins of equal width. */
  calibrationError: number
  /** Pairs of labels that are taken for one another, commonest first. */
  confusions: { label: string; taken: string; count: number }[]
  provenance: Provenance
}

/** How good a classifier is on texts it has not seen. */
export function evaluateClassifier(
  model: TextClassifier,
  texts: readonly LabelledText[],
  threshold?: number,
): ClassifierReport {
  const examples = checkInput(ClassifierInput, { texts: [...texts] }).texts
  const { results, provenance } = classify(model, {
    texts: examples.map(({ text }) => text),
    top: 1,
    ...(threshold === undefined ? {} : { threshold }),
  })
  const counts = new Map(model.labels.map((label) => [label, { hit: 0, said: 0, meant: 0 }]))
  const confusions = new Map<string, { label: string; taken: string; count: number }>()
  const bins = Array.from({ length: 10 }, () => ({ count: 0, right: 0, confidence: 0 }))
  let [right, labelled, given, givenRight, foreign, refused] = [0, 0, 0, 0, 0, 0]
  for (const [row, { label }] of examples.entries()) {
    const result = results[row]
    const best = result?.candidates[0]?.label ?? ''
    const hit = best === label
    if (result?.label) {
      given++
      if (hit) givenRight++
    }
    const bin = bins[Math.min(9, Math.floor((result?.confidence ?? 0) * 10))]
    if (bin) {
      bin.count++
      bin.right += hit ? 1 : 0
      bin.confidence += result?.confidence ?? 0
    }
    if (label === null) {
      foreign++
      if (!result?.label) refused++
      continue
    }
    labelled++
    const [said, meant] = [counts.get(best), counts.get(label)]
    if (said) said.said++
    if (meant) meant.meant++
    if (hit) {
      right++
      if (meant) meant.hit++
    } else {
      const key = JSON.stringify([label, best])
      const confusion = confusions.get(key) ?? { label, taken: best, count: 0 }
      confusion.count++
      confusions.set(key, confusion)
    }
  }
  const present = [...counts.values()].filter(({ meant }) => meant > 0)
  return {
    texts: examples.length,
    accuracy: labelled > 0 ? right / labelled : 0,
    macroF1:
      present.reduce((sum, { hit, said, meant }) => sum + (2 * hit) / (said + meant), 0) / Math.max(1, present.length),
    coverage: given / examples.length,
    precision: given > 0 ? givenRight / given : 1,
    outOfScopeRecall: foreign > 0 ? refused / foreign : null,
    calibrationError: bins.reduce((sum, bin) => sum + Math.abs(bin.right - bin.confidence), 0) / examples.length,
    confusions: [...confusions.values()].sort((a, b) => b.count - a.count).slice(0, 20),
    provenance,
  }
}
