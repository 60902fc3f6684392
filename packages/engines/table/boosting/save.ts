import { z } from 'zod'
import { loadModel, ModelVersionError, Provenance, type SavedModel, saveModel } from '../../contract/index.ts'
import { Cross } from './interactions.ts'
import type { BoostingModel } from './model.ts'
import { Objective, TreeSettings } from './options.ts'
import type { Tree } from './tree.ts'

const engine = 'table/boosting'
const modelVersion = 1

const numbers = z.array(z.number())
const integers = z.array(z.int())
const Contents = z.object({
  objective: Objective,
  target: z.string(),
  classes: z.array(z.string()).nullable(),
  parameter: z.number(),
  features: z.array(
    z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('number'), name: z.string(), edges: numbers }),
      z.object({ kind: z.literal('category'), name: z.string(), categories: z.array(z.string()) }),
    ]),
  ),
  crosses: z.array(Cross),
  start: numbers.min(1),
  trees: z.array(
    z.object({
      features: integers,
      bins: integers,
      setOf: integers,
      /** Bins that go left, per set. */
      sets: z.array(integers),
      missingLeft: integers,
      left: integers,
      right: integers,
      values: numbers,
      covers: numbers,
      gains: numbers,
    }),
  ),
  threshold: z.number(),
  settings: TreeSettings,
  validation: z.object({ method: z.enum(['folds', 'holdout', 'none']), rounds: z.int(), loss: z.number().nullable() }),
  provenance: Provenance,
})

/** The model as plain JSON; it predicts the same to the last bit when it is read back. */
export function saveBoosting(model: BoostingModel): SavedModel {
  const contents: z.input<typeof Contents> = {
    ...model,
    classes: model.classes && [...model.classes],
    start: [...model.start],
    crosses: [...model.crosses],
    features: model.features.map((feature) =>
      feature.kind === 'number'
        ? { kind: feature.kind, name: feature.name, edges: Array.from(feature.edges) }
        : { kind: feature.kind, name: feature.name, categories: [...feature.categories] },
    ),
    trees: model.trees.map(packTree),
  }
  return saveModel(engine, modelVersion, contents)
}

/** @throws ModelVersionError when it was not made by `saveBoosting`, or by a version that this one cannot read */
export function loadBoosting(saved: SavedModel): BoostingModel {
  const read = Contents.safeParse(loadModel(saved, engine, modelVersion))
  const issue = read.error?.issues[0]
  if (!read.success)
    throw new ModelVersionError(`This model is damaged at ${issue?.path.join('.') ?? 'its root'}. Fit it anew.`)
  const contents = read.data
  const own = contents.features.length - contents.crosses.length
  if (contents.crosses.some(({ left, right }) => Math.max(left, right) >= own))
    throw new ModelVersionError('This model is damaged at crosses. Fit it anew.')
  return {
    ...contents,
    features: contents.features.map((feature) =>
      feature.kind === 'number'
        ? { ...feature, edges: Float64Array.from(feature.edges), bins: feature.edges.length + 1 }
        : { ...feature, bins: feature.categories.length },
    ),
    trees: contents.trees.map((tree) => unpackTree(tree, contents.features.length)),
  }
}

type PackedTree = z.infer<typeof Contents>['trees'][number]

function packTree(tree: Tree): PackedTree {
  return {
    features: Array.from(tree.features),
    bins: Array.from(tree.bins),
    setOf: Array.from(tree.setOf),
    sets: Array.from({ length: tree.sets.length / 256 }, (_, set) =>
      [...Array(256).keys()].filter((bin) => tree.sets[set * 256 + bin] === 1),
    ),
    missingLeft: Array.from(tree.missingLeft),
    left: Array.from(tree.left),
    right: Array.from(tree.right),
    values: Array.from(tree.values),
    covers: Array.from(tree.covers),
    gains: Array.from(tree.gains),
  }
}

function unpackTree(packed: PackedTree, features: number): Tree {
  const nodes = packed.features.length
  const sets = new Uint8Array(packed.sets.length * 256)
  packed.sets.forEach((bins, set) => {
    for (const bin of bins) sets[set * 256 + bin] = 1
  })
  // A child after its parent and inside the tree: no damaged file can make a walk endless.
  const sound =
    nodes > 0 &&
    [packed.bins, packed.setOf, packed.missingLeft, packed.left, packed.right, packed.values, packed.covers].every(
      (each) => each.length === nodes,
    ) &&
    packed.features.every(
      (feature, node) =>
        feature === -1 ||
        (feature >= 0 &&
          feature < features &&
          packed.left[node]! > node &&
          packed.right[node]! > node &&
          Math.max(packed.left[node]!, packed.right[node]!) < nodes &&
          packed.setOf[node]! < packed.sets.length),
    )
  if (!sound) throw new ModelVersionError('This model is damaged: a tree does not hold together. Fit it anew.')
  return {
    features: Int32Array.from(packed.features),
    bins: Uint8Array.from(packed.bins),
    setOf: Int32Array.from(packed.setOf),
    sets,
    missingLeft: Uint8Array.from(packed.missingLeft),
    left: Int32Array.from(packed.left),
    right: Int32Array.from(packed.right),
    values: Float64Array.from(packed.values),
    covers: Float64Array.from(packed.covers),
    gains: Float64Array.from(packed.gains),
  }
}
