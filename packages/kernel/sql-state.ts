/**
 * What PostgreSQL calls an error, also under the errors that were put around it: five letters or digits, of which the first
 * two are the class (22 = a value that it does not take, 23 = a constraint). Undefined where it is not an error of PostgreSQL.
 */
export function sqlState(error: unknown): string | undefined {
  for (let current = error, depth = 0; current instanceof Error && depth < 4; current = current.cause, depth++)
    if ('code' in current && typeof current.code === 'string' && /^[0-9A-Z]{5}$/.test(current.code)) return current.code
  return undefined
}
