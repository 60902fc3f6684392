import { z } from 'zod'
import { loadModel, ModelVersionError, type SavedModel, saveModel } from '../../contract/index.ts'
import { type Language, languages } from '../words/stop-words.ts'
import type { ConfidenceCurve } from './calibration.ts'
import { views } from './features.ts'
import type { Network } from './network.ts'
import type { Vocabulary } from './vocabulary.ts'

/** What was learnt in one view: a linear machine and a network, each with the temperature that makes its scores probabilities. */
export interface ViewModel {
  vocabulary: Vocabulary
  /** [columns][classes] */
  linear: Float32Array
  linearTemperature: number
  network: Network
  networkTemperature: number
}

/** A fitted classifier. Keep it with `saveClassifier`. */
export interface TextClassifier {
  labels: readonly string[]
  language: Language
  views: readonly ViewModel[]
  /** From the raw probability of the first label to how often such an answer is right; null when there were too few texts to tell. */
  confidence: ConfidenceCurve | null
  /** Below this confidence the answer is that it does not know. */
  threshold: number
  /** Hash of the texts and options it was fitted to. */
  fittedTo: string
}

const engine = 'text/classifier'
const modelVersion = 1

const Bytes = z.string().describe('Base64 of little-endian numbers')
const Contents = z.object({
  labels: z.array(z.string()),
  language: z.enum(languages as readonly [Language, ...Language[]]),
  confidence: z.object({ from: z.array(z.number()), share: z.array(z.number()) }).nullable(),
  threshold: z.number(),
  fittedTo: z.string(),
  views: z.array(
    z.object({
      view: z.enum(views),
      hashes: Bytes,
      idf: Bytes,
      linear: Bytes,
      linearTemperature: z.number(),
      networkTemperature: z.number(),
      hidden: z.int(),
      input: Bytes,
      inputBias: Bytes,
      output: Bytes,
      outputBias: Bytes,
    }),
  ),
})

/** The model as JSON; large weights as 16-bit floats, to which `fitClassifier` has rounded them. */
export function saveClassifier(model: TextClassifier): SavedModel<z.infer<typeof Contents>> {
  const { labels, language, confidence, threshold, fittedTo } = model
  return saveModel(engine, modelVersion, {
    labels: [...labels],
    language,
    confidence,
    threshold,
    fittedTo,
    views: model.views.map(({ vocabulary, linear, linearTemperature, network, networkTemperature }) => ({
      view: vocabulary.view,
      hashes: encode(vocabulary.hashes),
      idf: encode(vocabulary.idf),
      linear: encode(Float16Array.from(linear)),
      linearTemperature,
      networkTemperature,
      hidden: network.hidden,
      input: encode(Float16Array.from(network.input)),
      inputBias: encode(network.inputBias),
      output: encode(Float16Array.from(network.output)),
      outputBias: encode(network.outputBias),
    })),
  })
}

/** @throws ModelVersionError when it is no classifier, or of a version that cannot be read */
export function loadClassifier(saved: SavedModel): TextClassifier {
  const read = Contents.safeParse(loadModel(saved, engine, modelVersion))
  if (!read.success) throw new ModelVersionError(`This classifier is damaged: ${z.prettifyError(read.error)}`)
  const { views: saves, ...rest } = read.data
  return {
    ...rest,
    views: saves.map((view) => ({
      vocabulary: {
        view: view.view,
        language: rest.language,
        hashes: new Int32Array(decode(view.hashes)),
        idf: new Float32Array(decode(view.idf)),
      },
      linear: Float32Array.from(new Float16Array(decode(view.linear))),
      linearTemperature: view.linearTemperature,
      networkTemperature: view.networkTemperature,
      network: {
        hidden: view.hidden,
        input: Float32Array.from(new Float16Array(decode(view.input))),
        inputBias: new Float32Array(decode(view.inputBias)),
        output: Float32Array.from(new Float16Array(decode(view.output))),
        outputBias: new Float32Array(decode(view.outputBias)),
      },
    })),
  }
}

/** Rounds to 16 bits in place, so that a model answers the same before and after it was saved. */
export function roundToHalf(values: Float32Array): void {
  for (let i = 0; i < values.length; i++) values[i] = Math.f16round(values[i] ?? 0)
}

function encode(values: Int32Array | Float32Array | Float16Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64')
}

function decode(bytes: string): ArrayBuffer {
  const buffer = Buffer.from(bytes, 'base64')
  return buffer.buffer.slice(buffer.byteOffset, buffer.byteOffset + buffer.byteLength)
}
