import type { Random, Work } from '../../contract/index.ts'
import { addRow } from './linear-machine.ts'
import type { SparseMatrix } from './sparse-matrix.ts'

/** One hidden layer over sparse rows. */
export interface Network {
  hidden: number
  /** [columns][hidden] */
  input: Float32Array
  /** [hidden] */
  inputBias: Float32Array
  /** [classes][hidden] */
  output: Float32Array
  /** [classes] */
  outputBias: Float32Array
}

const hidden = 64
const epochs = 6
/** The clock is looked at so often, after the first pass, without which there is no machine. */
const rowsPerLook = 64
const rate = 0.1
/** Share of the features and of the hidden units that are left out at each step. */
const inputDropout = 0.2
const hiddenDropout = 0.3
/** A class this near to its target teaches nothing. */
const negligible = 1e-4

/**
 * Softmax over one layer of rectified units, by stochastic gradient descent with AdaGrad rates (J. Duchi, E. Hazan and Y. Singer 2011; one rate
 * per feature) and dropout (N. Srivastava et al. 2014). Words that go with the same classes come to lie beside each other, which a linear
 * machine cannot learn.
 *
 * @param target [rows] class of each row; rows of no class (-1) are left out
 */
export function fitNetwork(
  matrix: SparseMatrix,
  target: Int32Array,
  classes: number,
  random: Random,
  work: Work,
): Network {
  const { rows, columns, starts, column, value } = matrix
  const input = Float32Array.from({ length: columns * hidden }, () => random.normal() * 0.05)
  const output = Float32Array.from({ length: classes * hidden }, () => random.normal() / Math.sqrt(hidden))
  const inputBias = new Float32Array(hidden)
  const outputBias = new Float32Array(classes)
  const inputSquares = new Float32Array(columns)
  const outputSquares = new Float32Array(classes * hidden)
  const unit = new Float64Array(hidden)
  const slope = new Float64Array(hidden)
  const gradient = new Float64Array(hidden)
  const probability = new Float32Array(classes)
  let keptColumn = new Int32Array(1024)
  let keptValue = new Float32Array(1024)
  // Dropout needs many numbers of little quality: xorshift32 (Marsaglia 2003).
  let state = random.integer(2 ** 31) + 1
  const draw = () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) * 2 ** -32
  }
  const order = Int32Array.from({ length: rows }, (_, row) => row).filter((row) => (target[row] ?? -1) >= 0)
  for (let epoch = 0; epoch < epochs && !(epoch > 0 && work.expired()); epoch++) {
    random.shuffle(order)
    const speed = rate * (1 - (0.9 * epoch) / epochs)
    for (const [place, row] of order.entries()) {
      if (epoch > 0 && place % rowsPerLook === 0 && work.expired()) break
      const from = starts[row] ?? 0
      const to = starts[row + 1] ?? 0
      if (to - from > keptValue.length) {
        keptColumn = new Int32Array(2 * (to - from))
        keptValue = new Float32Array(2 * (to - from))
      }
      let count = 0
      for (let at = from; at < to; at++) {
        if (draw() < inputDropout) continue
        keptColumn[count] = column[at] ?? 0
        keptValue[count++] = (value[at] ?? 0) / (1 - inputDropout)
      }
      unit.set(inputBias)
      addRow(input, keptColumn, keptValue, 0, count, unit)
      for (let h = 0; h < hidden; h++) {
        const on = (unit[h] ?? 0) > 0 && draw() >= hiddenDropout
        slope[h] = on ? 1 / (1 - hiddenDropout) : 0
        unit[h] = (unit[h] ?? 0) * (slope[h] ?? 0)
      }
      outputScores(output, outputBias, unit, probability)
      softmaxInPlace(probability)
      gradient.fill(0)
      for (let k = 0; k < classes; k++) {
        const error = (probability[k] ?? 0) - (k === target[row] ? 1 : 0)
        if (error < negligible && error > -negligible) continue
        outputBias[k] = (outputBias[k] ?? 0) - speed * 0.1 * error
        const offset = k * hidden
        for (let h = 0; h < hidden; h++) {
          const weight = output[offset + h] ?? 0
          gradient[h] = (gradient[h] ?? 0) + error * weight
          const change = error * (unit[h] ?? 0)
          if (change === 0) continue
          const squares = (outputSquares[offset + h] ?? 0) + change * change
          outputSquares[offset + h] = squares
          output[offset + h] = weight - (speed * change) / Math.sqrt(squares + 1e-6)
        }
      }
      let mean = 0
      for (let h = 0; h < hidden; h++) {
        gradient[h] = (gradient[h] ?? 0) * (slope[h] ?? 0)
        mean += (gradient[h] ?? 0) ** 2
      }
      mean /= hidden
      if (mean < 1e-14) continue
      for (let at = 0; at < count; at++) {
        const amount = keptValue[at] ?? 0
        const feature = keptColumn[at] ?? 0
        const squares = (inputSquares[feature] ?? 0) + amount * amount * mean
        inputSquares[feature] = squares
        const change = (speed * amount) / Math.sqrt(squares + 1e-9)
        const offset = feature * hidden
        for (let h = 0; h < hidden; h++) input[offset + h] = (input[offset + h] ?? 0) - change * (gradient[h] ?? 0)
      }
    }
  }
  return { hidden, input, inputBias, output, outputBias }
}

function outputScores(output: Float32Array, bias: Float32Array, unit: Float64Array, scores: Float32Array): void {
  const width = unit.length
  for (let k = 0; k < scores.length; k++) {
    let sum = bias[k] ?? 0
    const offset = k * width
    for (let h = 0; h < width; h++) sum += (unit[h] ?? 0) * (output[offset + h] ?? 0)
    scores[k] = sum
  }
}

function softmaxInPlace(scores: Float32Array): void {
  let largest = -Infinity
  for (const score of scores) largest = Math.max(largest, score)
  let sum = 0
  for (let k = 0; k < scores.length; k++) {
    const power = Math.exp((scores[k] ?? 0) - largest)
    scores[k] = power
    sum += power
  }
  for (let k = 0; k < scores.length; k++) scores[k] = (scores[k] ?? 0) / sum
}

/** Scores [rows][classes] before the softmax. */
export function networkScores(matrix: SparseMatrix, network: Network, classes: number): Float32Array {
  const scores = new Float32Array(matrix.rows * classes)
  const unit = new Float64Array(network.hidden)
  for (let row = 0; row < matrix.rows; row++) {
    unit.set(network.inputBias)
    addRow(network.input, matrix.column, matrix.value, matrix.starts[row] ?? 0, matrix.starts[row + 1] ?? 0, unit)
    for (let h = 0; h < unit.length; h++) if ((unit[h] ?? 0) < 0) unit[h] = 0
    outputScores(network.output, network.outputBias, unit, scores.subarray(row * classes, (row + 1) * classes))
  }
  return scores
}
