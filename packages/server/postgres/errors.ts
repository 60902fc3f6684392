/** What went wrong with the database, for programs; the message says it to people, with the remedy. */
export type PostgresProblem =
  | 'binaries-missing'
  | 'binaries-unusable'
  | 'data-folder-unusable'
  | 'initialisation-failed'
  | 'start-failed'
  | 'stop-failed'
  | 'credentials-missing'
  | 'busy'
  | 'no-space'

/** The embedded database cannot do what was asked. */
export class PostgresError extends Error {
  readonly problem: PostgresProblem
  constructor(problem: PostgresProblem, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'PostgresError'
    this.problem = problem
  }
}

/** The data folder says that there was data, and the database is not there: starting would show an empty product. */
export class StoreMissingError extends Error {
  /** Absolute path of the marker. */
  readonly markerPath: string
  constructor(markerPath: string, message: string) {
    super(message)
    this.name = 'StoreMissingError'
    this.markerPath = markerPath
  }
}

/** `code` of a system or PostgreSQL error, if it has one. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
