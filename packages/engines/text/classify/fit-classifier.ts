import { z } from 'zod'
import {
  checkInput,
  createRandom,
  EngineInputError,
  hashOf,
  type Provenance,
  provenanceOf,
  type Random,
  startWork,
  type Warning,
  type Work,
  type WorkOptions,
} from '../../contract/index.ts'
import { type Language, languageByStopWords, languages } from '../words/stop-words.ts'
import { tokenize } from '../words/tokens.ts'
import { fitConfidence, fitTemperature, confidenceAt, probabilitiesOf, thresholdFor } from './calibration.ts'
import { views } from './features.ts'
import { fitLinearMachines, linearScores } from './linear-machine.ts'
import { roundToHalf, type TextClassifier, type ViewModel } from './model.ts'
import { fitNetwork, type Network, networkScores } from './network.ts'
import { selectRows, type SparseMatrix } from './sparse-matrix.ts'
import { buildVocabulary } from './vocabulary.ts'

export const LabelledText = z.object({
  text: z.string().min(1).max(200_000).describe('The text'),
  label: z
    .string()
    .min(1)
    .max(400)
    .nullable()
    .describe(
      'What it is; null for an example of what belongs to no label, from which the model learns to say that it does not know',
    ),
})
export type LabelledText = z.infer<typeof LabelledText>

export const ClassifierOptions = z.object({
  language: z
    .enum(['auto', ...languages] as const)
    .optional()
    .describe('Language whose endings are removed; recognised unless told'),
  precision: z
    .number()
    .min(0.5)
    .max(0.999)
    .optional()
    .describe(
      'Share of right answers to reach among those that are given; .95 unless told. The rest are "don\'t know"',
    ),
  foreign: z
    .number()
    .min(0)
    .max(0.9)
    .optional()
    .describe(
      'Share of the texts to come that belong to no label; 0 unless told. How sure an answer is of such texts is learnt from labels that are left out for a trial; needs at least 10 labels',
    ),
})
export type ClassifierOptions = z.input<typeof ClassifierOptions> & WorkOptions

export const ClassifierInput = z.object({
  texts: z.array(LabelledText).min(2, 'needs at least two texts').max(2_000_000).describe('Labelled texts'),
})

/** Weights of one machine at most, 256 MB; a larger vocabulary keeps its commonest features. */
const mostWeights = 64_000_000
/** One text in five is kept back to learn how far an answer can be trusted. */
const heldBack = 5
const leastHeldBack = 20
/** One label in ten stands for all that belongs to none, where such texts are to be expected. */
const everyTenth = 10
const leastToLeaveOut = 10

/** A machine's scores before they are made probabilities. */
interface FittedView {
  linear: Float32Array
  network: Network
}

/**
 * Learns to tell labels apart from examples, without any pretrained weights: in two views of a text (phrases and letters) a linear machine and
 * a small network each, their calibrated probabilities averaged. A fifth of the texts is kept back once to calibrate; the final model learns
 * from all. 10,000 texts of 77 labels take about 15 s.
 *
 * With a time limit the machines stop early and a warning says so.
 *
 * @throws EngineInputError for fewer than two labels, or a text without words
 */
export function fitClassifier(
  texts: readonly LabelledText[],
  options: ClassifierOptions = {},
): { model: TextClassifier; provenance: Provenance } {
  const settings = checkInput(ClassifierOptions, {
    language: options.language,
    precision: options.precision,
    foreign: options.foreign,
  })
  const examples = checkInput(ClassifierInput, { texts: [...texts] }).texts
  const labels = [...new Set(examples.flatMap(({ label }) => (label === null ? [] : [label])))].sort()
  refuse(examples, labels)
  const foreign = settings.foreign ?? 0
  if (foreign > 0 && labels.length < leastToLeaveOut)
    throw new EngineInputError('too-few-rows', [
      {
        field: 'foreign',
        row: null,
        message: `needs ${String(leastToLeaveOut)} labels to leave some out; give texts of no label (null) instead`,
      },
    ])
  const work = startWork(options)
  const random = createRandom(work.seed)
  const warnings: Warning[] = []
  const index = new Map(labels.map((label, at) => [label, at]))
  const target = Int32Array.from(examples, ({ label }) => (label === null ? -1 : (index.get(label) ?? -1)))
  const written = examples.map(({ text }) => text)
  const language =
    settings.language === undefined || settings.language === 'auto' ? majority(written) : settings.language

  work.progress(0, 'reading the texts')
  const most = Math.floor(mostWeights / labels.length)
  const read = views.map((view) => buildVocabulary(written, view, language, most))
  const matrices = read.map(({ matrix }) => matrix)

  // Two machines in two views, once to calibrate and once for good, each with its part of the time.
  const [begun, limit] = [work.elapsed(), options.maxMillis ?? Infinity]
  const part: Part = (machine) => until(work, begun + (Math.max(0, limit - begun) * (machine + 1)) / machines)
  const rows = holdBack(target, labels.length, foreign > 0 ? random.fork(5).integer(everyTenth) : -1, random.fork(1))
  let temperatures = views.map(() => ({ linear: 0.15, network: 1 }))
  let confidence: TextClassifier['confidence'] = null
  let threshold = 0
  const inTime = begun <= limit / 2
  if (rows.test.length >= leastHeldBack && inTime) {
    const calibrated = calibrate(
      matrices,
      target,
      labels.length,
      rows,
      { precision: settings.precision ?? 0.95, foreign },
      random,
      part,
    )
    ;({ temperatures, confidence, threshold } = calibrated)
  } else
    warnings.push({
      code: 'not-calibrated',
      message: `${inTime ? `Fewer than ${String(leastHeldBack * heldBack)} texts` : 'Reading took half of the time limit'}: confidences are raw probabilities and no answer is withheld.`,
    })

  const fitted = matrices.map((matrix, view) =>
    fitView(matrix, target, labels.length, random.fork(10 + view), part, machines / 2 + 2 * view),
  )
  if (work.expired())
    warnings.push({
      code: 'time-limit',
      message: 'The time limit ended the fit early; a longer one may give a better model.',
    })
  work.progress(1, 'done')
  const model: TextClassifier = {
    labels,
    language,
    confidence,
    threshold,
    fittedTo: hashOf([examples, settings, work.seed]),
    views: fitted.map((each, view) => viewModel(each, read[view], temperatures[view])),
  }
  return { model, provenance: provenanceOf('text/classifier', '1.0.0', work.seed, [examples, settings], warnings) }
}

function refuse(examples: readonly LabelledText[], labels: readonly string[]): void {
  if (labels.length < 2)
    throw new EngineInputError('constant', [
      {
        field: 'label',
        row: null,
        message: `has ${String(labels.length)} different value(s); at least two are needed`,
      },
    ])
  const empty = examples.flatMap(({ text }, row) => (/[\p{L}\p{N}]/u.test(text) ? [] : [row]))
  if (empty.length > 0)
    throw new EngineInputError(
      'empty',
      empty.slice(0, 20).map((row) => ({ field: 'text', row, message: 'has no word; leave it out' })),
    )
}

function majority(texts: readonly string[]): Language {
  const counts = new Map<Language, number>()
  for (const text of texts) {
    const language = languageByStopWords(tokenize(text.slice(0, 1000)), 'en')
    counts.set(language, (counts.get(language) ?? 0) + 1)
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 'en'
}

interface Split {
  train: Int32Array
  test: Int32Array
  /** By row: its label is left out of `train`, so that it belongs to none for the trial. */
  leftOut: Uint8Array
}

/**
 * A fifth of each label at random; labels with fewer than three texts give none.
 * @param first every tenth label from this one on is left out of the rows to learn from; -1: none
 */
function holdBack(target: Int32Array, classes: number, first: number, random: Random): Split {
  const leftOut = Uint8Array.from(target, (label) => (first >= 0 && label >= 0 && label % everyTenth === first ? 1 : 0))
  const order = random.shuffle(Int32Array.from({ length: target.length }, (_, row) => row))
  const total = new Int32Array(classes + 1)
  for (const label of target) total[label + 1] = (total[label + 1] ?? 0) + 1
  const taken = new Int32Array(classes + 1)
  const train: number[] = []
  const test: number[] = []
  for (const row of order) {
    const label = (target[row] ?? -1) + 1
    const share = Math.max((total[label] ?? 0) >= 3 ? 1 : 0, Math.floor((total[label] ?? 0) / heldBack))
    if ((taken[label] ?? 0) < share) {
      taken[label] = (taken[label] ?? 0) + 1
      test.push(row)
    } else if (leftOut[row] !== 1) train.push(row)
  }
  return { train: Int32Array.from(train).sort(), test: Int32Array.from(test).sort(), leftOut }
}

const machines = 8

/** The clock of one machine. */
type Part = (machine: number) => Work

const until = (work: Work, millis: number): Work => ({
  ...work,
  expired: () => work.expired() || work.elapsed() >= millis,
})

/** @param first number of the first of the two machines */
function fitView(
  matrix: SparseMatrix,
  target: Int32Array,
  classes: number,
  random: Random,
  part: Part,
  first: number,
): FittedView {
  part(first).progress(first / machines, 'fitting the linear machines')
  const linear = fitLinearMachines(matrix, target, classes, random.fork(1), part(first))
  part(first).progress((first + 1) / machines, 'fitting the network')
  const network = fitNetwork(matrix, target, classes, random.fork(2), part(first + 1))
  for (const weights of [linear, network.input, network.output]) roundToHalf(weights)
  return { linear, network }
}

function calibrate(
  matrices: readonly SparseMatrix[],
  target: Int32Array,
  classes: number,
  { train, test, leftOut }: Split,
  { precision, foreign }: { precision: number; foreign: number },
  random: Random,
  part: Part,
) {
  const learnt = train.map((row) => target[row] ?? -1)
  const asked = test.map((row) => (leftOut[row] === 1 ? -1 : (target[row] ?? -1)))
  const mean = new Float32Array(test.length * classes)
  const temperatures = matrices.map((matrix, view) => {
    const fitted = fitView(selectRows(matrix, train), learnt, classes, random.fork(2 + view), part, 2 * view)
    const rows = selectRows(matrix, test)
    const scores = {
      linear: linearScores(rows, fitted.linear, classes),
      network: networkScores(rows, fitted.network, classes),
    }
    const temperature = {
      linear: fitTemperature(scores.linear, asked, classes),
      network: fitTemperature(scores.network, asked, classes),
    }
    for (const machine of ['linear', 'network'] as const)
      for (const [place, value] of probabilitiesOf(scores[machine], classes, temperature[machine]).entries())
        mean[place] = (mean[place] ?? 0) + value / (2 * matrices.length)
    return temperature
  })
  const raw = new Float64Array(test.length)
  const right = new Uint8Array(test.length)
  for (const [row, label] of asked.entries()) {
    let best = 0
    for (let k = 1; k < classes; k++) if ((mean[row * classes + k] ?? 0) > (mean[row * classes + best] ?? 0)) best = k
    raw[row] = mean[row * classes + best] ?? 0
    right[row] = best === label ? 1 : 0
  }
  // As many texts of no label as are to be expected; those that were given as examples count as they are.
  const strange = test.reduce((sum, row) => sum + (leftOut[row] ?? 0), 0)
  const share = strange > 0 ? ((foreign / (1 - foreign)) * (test.length - strange)) / strange : 1
  const weight = Float64Array.from(test, (row) => (leftOut[row] === 1 ? share : 1))
  const confidence = fitConfidence(raw, right, weight)
  const calibrated = raw.map((value) => confidenceAt(confidence, value))
  return { temperatures, confidence, threshold: thresholdFor(calibrated, right, weight, precision) }
}

function viewModel(
  { linear, network }: FittedView,
  read: ReturnType<typeof buildVocabulary> | undefined,
  temperature: { linear: number; network: number } | undefined,
): ViewModel {
  if (!read || !temperature) throw new RangeError('a view without vocabulary')
  return {
    vocabulary: read.vocabulary,
    linear,
    linearTemperature: temperature.linear,
    network,
    networkTemperature: temperature.network,
  }
}
