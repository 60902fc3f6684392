import { ModelVersionError } from './errors.ts'

/** A fitted model as JSON: whoever reads it can tell what made it before trusting its contents. */
export interface SavedModel<T = unknown> {
  format: 'guildhall-model'
  /** For instance `table/boosting`. */
  engine: string
  /** Counted up when the contents change in a way that older code cannot read. */
  modelVersion: number
  contents: T
}

export function saveModel<T>(engine: string, modelVersion: number, contents: T): SavedModel<T> {
  return { format: 'guildhall-model', engine, modelVersion, contents }
}

/**
 * The contents of a saved model.
 * @param upgrades how to bring contents of an older version to the next one, by the version they start from
 * @throws ModelVersionError which says why it cannot be read
 */
export function loadModel(
  saved: SavedModel,
  engine: string,
  modelVersion: number,
  upgrades: Readonly<Record<number, (contents: unknown) => unknown>> = {},
): unknown {
  if (saved.format !== 'guildhall-model') throw new ModelVersionError('This is not a saved model of an engine.')
  if (saved.engine !== engine)
    throw new ModelVersionError(`This model was made by ${saved.engine}; ${engine} cannot read it.`)
  if (saved.modelVersion > modelVersion)
    throw new ModelVersionError(
      `This model has version ${String(saved.modelVersion)} of ${engine}; this program reads up to ${String(modelVersion)}. Update the program, or fit the model anew.`,
    )
  let contents = saved.contents
  for (let version = saved.modelVersion; version < modelVersion; version++) {
    const upgrade = upgrades[version]
    if (!upgrade)
      throw new ModelVersionError(
        `This model has version ${String(saved.modelVersion)} of ${engine}, which can no longer be read. Fit it anew.`,
      )
    contents = upgrade(contents)
  }
  return contents
}
