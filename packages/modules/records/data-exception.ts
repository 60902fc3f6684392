import { invalidInput } from '@guildhall/kernel'

/**
 * What PostgreSQL refuses as a value (SQLSTATE class 22: out of range, not of the type, an unknown time zone) is the
 * caller's: it came with a cursor, a filter or a time zone. Anything else stays what it is.
 */
export function asInputProblem(error: unknown): unknown {
  for (let current = error, depth = 0; current instanceof Error && depth < 4; current = current.cause, depth++) {
    if ('code' in current && typeof current.code === 'string' && /^22[0-9A-Z]{3}$/.test(current.code))
      return invalidInput([{ field: '', message: `holds a value that cannot be compared: ${current.message}` }])
  }
  return error
}
