import type { z } from 'zod'
import { EngineInputError, type InputErrorCode, type InputFault } from './errors.ts'

/** The first faults are told; a column of NaN says nothing more with its last row. */
const faultsTold = 20

/**
 * The input as its schema describes it.
 * @param name what the caller knows the whole input as, for a number or a list that is an argument of its own
 * @throws EngineInputError with the field and the row of each fault instead of zod's own error
 */
export function checkInput<S extends z.ZodType>(schema: S, input: z.input<S>, name = 'input'): z.output<S> {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  const { issues } = parsed.error
  const faults = issues.slice(0, faultsTold).map(({ path, message }) => faultAt(path, message, name))
  throw new EngineInputError(issues[0] ? codeOf(issues[0]) : 'wrong-type', faults)
}

function faultAt(path: readonly PropertyKey[], message: string, name: string): InputFault {
  const row = path.find((key) => typeof key === 'number') ?? null
  const names = path.filter((key) => typeof key === 'string')
  // `rows[3].price` is known to the caller as `price`.
  const field = (row === null ? names.join('.') : names.at(-1)) ?? ''
  return { field: field === '' ? name : field, row, message }
}

function codeOf(issue: z.core.$ZodIssue): InputErrorCode {
  if (issue.code === 'invalid_type')
    // zod refuses NaN and infinities as not being numbers, and says so in `message` only.
    return /received (NaN|-?Infinity)$/.test(issue.message) ? 'not-finite' : 'wrong-type'
  if (issue.code === 'too_small' || issue.code === 'too_big') {
    if (issue.origin !== 'array') return 'out-of-range'
    if (issue.code === 'too_big') return 'wrong-length'
    return issue.minimum === 1 ? 'empty' : 'too-few-rows'
  }
  if (issue.code === 'unrecognized_keys' || issue.code === 'invalid_value') return 'unknown-name'
  if (issue.code === 'custom' || issue.code === 'not_multiple_of') return 'out-of-range'
  return 'wrong-type'
}
