import { z } from 'zod'
import { checkInput, EngineInputError, provenanceOf, Provenance } from '../../contract/index.ts'
import { confidenceAt, probabilitiesOf } from './calibration.ts'
import { addRow, linearScores } from './linear-machine.ts'
import type { TextClassifier } from './model.ts'
import { networkScores } from './network.ts'
import { namesOf, vectorise } from './vocabulary.ts'

export const ClassifyInput = z.object({
  texts: z.array(z.string().max(200_000)).max(1_000_000).describe('Texts to label'),
  top: z.int().min(1).max(1000).optional().describe('How many labels to return for each; 3 unless told'),
  threshold: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('Confidence below which the answer is "don\'t know"; the model\'s own unless told'),
})
export type ClassifyInput = z.infer<typeof ClassifyInput>

export const Classified = z.object({
  label: z.string().nullable().describe('The label, or null for "don\'t know"'),
  confidence: z.number().describe('How often an answer like this one is right, 0 to 1'),
  candidates: z.array(z.object({ label: z.string(), probability: z.number() })).describe('Likeliest labels first'),
})
export type Classified = z.infer<typeof Classified>

export const ClassifyResult = z.object({ results: z.array(Classified), provenance: Provenance })
export type ClassifyResult = z.infer<typeof ClassifyResult>

/** Labels texts; a text that the model has no word of, or whose confidence lies below the threshold, gets no label. */
export function classify(model: TextClassifier, input: z.input<typeof ClassifyInput>): ClassifyResult {
  const { texts, top = 3, threshold = model.threshold } = checkInput(ClassifyInput, input)
  const { labels } = model
  const { probabilities, known } = classProbabilities(model, texts)
  const results = texts.map((_, row) => {
    const own = probabilities.subarray(row * labels.length, (row + 1) * labels.length)
    const order = [...own.keys()].sort((a, b) => (own[b] ?? 0) - (own[a] ?? 0) || a - b).slice(0, top)
    const raw = own[order[0] ?? 0] ?? 0
    const confidence = known[row] ? (model.confidence ? confidenceAt(model.confidence, raw) : raw) : 0
    return {
      label: confidence > 0 && confidence >= threshold ? (labels[order[0] ?? 0] ?? null) : null,
      confidence,
      candidates: order.map((k) => ({ label: labels[k] ?? '', probability: own[k] ?? 0 })),
    }
  })
  return { results, provenance: provenanceOf('text/classifier', '1.0.0', 0, [model.fittedTo, input]) }
}

/** Mean probability [texts][labels] of the machines, and whether the model knows any feature of each text. */
function classProbabilities(
  model: TextClassifier,
  texts: readonly string[],
): { probabilities: Float32Array; known: Uint8Array } {
  const classes = model.labels.length
  const probabilities = new Float32Array(texts.length * classes)
  const known = new Uint8Array(texts.length)
  for (const view of model.views) {
    const rows = vectorise(texts, view.vocabulary)
    for (let row = 0; row < texts.length; row++)
      if ((rows.starts[row + 1] ?? 0) > (rows.starts[row] ?? 0)) known[row] = 1
    const members = [
      probabilitiesOf(linearScores(rows, view.linear, classes), classes, view.linearTemperature),
      probabilitiesOf(networkScores(rows, view.network, classes), classes, view.networkTemperature),
    ]
    for (const member of members)
      for (let at = 0; at < member.length; at++)
        probabilities[at] = (probabilities[at] ?? 0) + (member[at] ?? 0) / (2 * model.views.length)
  }
  return { probabilities, known }
}

/** A part of a text and how much it speaks for a label in the linear machines; negative speaks against it. */
export interface Contribution {
  view: string
  feature: string
  weight: number
}

/**
 * What in a text speaks for a label, strongest first. Exact for the linear machines: the contributions of a view add up to its score.
 * @throws EngineInputError for a label the model does not have
 */
export function explainClassification(
  model: TextClassifier,
  text: string,
  label: string,
  top = 12,
): { contributions: Contribution[]; scores: Record<string, number>; provenance: Provenance } {
  const k = model.labels.indexOf(label)
  if (k < 0) {
    const message = `the model has no label ${JSON.stringify(label)}; there are: ${model.labels.slice(0, 30).join(', ')}`
    throw new EngineInputError('unknown-name', [{ field: 'label', row: null, message }])
  }
  const classes = model.labels.length
  const scores: Record<string, number> = {}
  const contributions = model.views.flatMap((view) => {
    const rows = vectorise([text], view.vocabulary)
    const sums = new Float64Array(classes)
    addRow(view.linear, rows.column, rows.value, 0, rows.column.length, sums)
    scores[view.vocabulary.view] = sums[k] ?? 0
    const names = namesOf(text, view.vocabulary)
    return Array.from(rows.column, (column, at) => ({
      view: view.vocabulary.view,
      feature: names.get(column) ?? '',
      weight: (rows.value[at] ?? 0) * (view.linear[column * classes + k] ?? 0),
    }))
  })
  contributions.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
  const provenance = provenanceOf('text/classifier', '1.0.0', 0, [model.fittedTo, text, label, top])
  return { contributions: contributions.slice(0, top), scores, provenance }
}
