/** What is wrong with an input: one entry per place, the first ones when there are many. */
export interface InputFault {
  /** Name of the field as the caller knows it, `rows[].price` written as `price`. */
  field: string
  /** Zero-based row (or element) where it was found; null when it is about the whole field. */
  row: number | null
  /** What is wrong, and what would be right. */
  message: string
}

export type InputErrorCode =
  | 'not-finite'
  | 'empty'
  | 'constant'
  | 'too-few-rows'
  | 'duplicate-key'
  | 'unsorted'
  | 'wrong-unit'
  | 'out-of-range'
  | 'wrong-length'
  | 'unknown-name'
  | 'wrong-type'

/** An input that no honest number can be computed from. Never thrown for a bug of the engine. */
export class EngineInputError extends Error {
  override readonly name = 'EngineInputError'
  readonly code: InputErrorCode
  readonly faults: readonly InputFault[]

  constructor(code: InputErrorCode, faults: readonly InputFault[]) {
    const first = faults[0]
    const where = first ? `${first.field}${first.row === null ? '' : `, row ${String(first.row)}`}: ` : ''
    const more = faults.length > 1 ? ` (and ${String(faults.length - 1)} more)` : ''
    super(`${where}${first?.message ?? code}${more}`)
    this.code = code
    this.faults = faults
  }
}

/** A well-formed question that has no answer; `conflict` names the smallest set of demands found that cannot hold together. */
export class InfeasibleError extends Error {
  override readonly name = 'InfeasibleError'
  readonly conflict: readonly string[]

  constructor(message: string, conflict: readonly string[]) {
    super(message)
    this.conflict = conflict
  }
}

/** A saved model that this version cannot read; the message says which version wrote it and what to do. */
export class ModelVersionError extends Error {
  override readonly name = 'ModelVersionError'
}
