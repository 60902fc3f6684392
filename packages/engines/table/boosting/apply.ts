import { provenanceOf, type Provenance } from '../../contract/index.ts'
import { type Column, fault, readColumn, rowsOf, type Table } from '../columns.ts'
import { bin, type BinnedTable, type Feature } from './bins.ts'
import { crossColumn } from './interactions.ts'
import { inverseLink, softmax } from './losses.ts'
import type { BoostingModel } from './model.ts'
import { addOutputs } from './tree.ts'

/** Predictions, one per row. */
export type Prediction =
  | { kind: 'binary'; positive: string; probability: number[]; label: string[]; provenance: Provenance }
  | {
      kind: 'multiclass'
      classes: string[]
      /** `[row][class]` */ probabilities: number[][]
      label: string[]
      provenance: Provenance
    }
  | { kind: 'number'; value: number[]; provenance: Provenance }

/**
 * Probabilities, or values in the unit of the target.
 * @throws EngineInputError when a feature is absent or of another kind than in training
 */
export function applyBoosting(model: BoostingModel, table: Table): Prediction {
  const { binned, columns } = binFor(model, table)
  const scores = scoresOf(model, binned)
  const provenance = provenanceOf('table/boosting', model.provenance.version, model.provenance.seed, [
    model.provenance.inputsHash,
    columns,
  ])
  const { rows } = binned
  const classes = model.classes ?? []
  if (model.objective === 'binary') {
    const probability = Array.from(scores, (score) => inverseLink('binary', score))
    const label = probability.map((p) => classes[p >= model.threshold ? 1 : 0]!)
    return { kind: 'binary', positive: classes[1]!, probability, label, provenance }
  }
  if (model.objective === 'multiclass') {
    const probabilities = Array.from({ length: rows }, (_, row) =>
      Array.from(softmax(Float64Array.from(classes, (_name, k) => scores[k * rows + row]!))),
    )
    const label = probabilities.map((each) => classes[each.indexOf(Math.max(...each))]!)
    return { kind: 'multiclass', classes, probabilities, label, provenance }
  }
  return { kind: 'number', value: Array.from(scores, (score) => inverseLink(model.objective, score)), provenance }
}

/**
 * Scores on the scale of the link, `[output * rows + row]`, without any provenance: the fast way for another engine that applies a model many times.
 */
export function scoreBoosting(model: BoostingModel, table: Table): Float64Array {
  return scoresOf(model, binFor(model, table).binned)
}

export function binFor(model: BoostingModel, table: Table): { binned: BinnedTable; columns: Column[] } {
  const rows = rowsOf(table)
  const columns = ownFeatures(model).map(({ name, kind }) => {
    const column = readColumn(table, name)
    const empty = column.kind === 'number' && column.values.every((value) => Number.isNaN(value))
    if (kind === 'number' ? column.kind === 'category' : column.kind === 'number' && !empty)
      throw fault('wrong-type', name, null, `was ${kind === 'number' ? 'numeric' : 'text'} in training and is not here`)
    return column
  })
  const crossed = model.crosses.map((cross) => crossColumn(cross, columns))
  return { binned: bin([...columns, ...crossed], model.features, rows), columns }
}

/** Features that are columns of the table, without those made from pairs of them. */
export function ownFeatures(model: BoostingModel): readonly Feature[] {
  return model.features.slice(0, model.features.length - model.crosses.length)
}

function scoresOf(model: BoostingModel, binned: BinnedTable): Float64Array {
  const { rows } = binned
  const outputs = model.start.length
  const scores = new Float64Array(rows * outputs)
  model.start.forEach((score, output) => scores.fill(score, output * rows, (output + 1) * rows))
  const all = Uint32Array.from({ length: rows }, (_, row) => row)
  model.trees.forEach((tree, at) => {
    addOutputs(tree, binned, all, scores, (at % outputs) * rows)
  })
  return scores
}
