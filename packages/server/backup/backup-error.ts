export type BackupProblem =
  | 'exists'
  | 'no-space'
  | 'row-level-security'
  | 'file-changed'
  | 'damaged'
  | 'other-version'
  | 'not-empty'
  | 'busy'

/** A backup or restore was not done; the message says what to do. Nothing half-made is left behind. */
export class BackupError extends Error {
  readonly problem: BackupProblem
  constructor(problem: BackupProblem, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'BackupError'
    this.problem = problem
  }
}
