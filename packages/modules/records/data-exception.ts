import { invalidInput, sqlState } from '@guildhall/kernel'

/**
 * What PostgreSQL refuses as a value (SQLSTATE class 22: out of range, not of the type, an unknown time zone) is the
 * caller's: it came with a cursor, a filter or a time zone. Anything else stays what it is.
 */
export function asInputProblem(error: unknown): unknown {
  if (!sqlState(error)?.startsWith('22')) return error
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const why = cause instanceof Error ? cause.message : String(cause)
  return invalidInput([{ field: '', message: `holds a value that cannot be compared: ${why}` }])
}
