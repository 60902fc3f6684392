import type { z } from 'zod'
import { EngineInputError, type InputErrorCode, type InputFault } from '../contract/index.ts'

/**
 * Options of a call, with defaults filled in.
 * @throws EngineInputError which names each option that does not fit its schema
 */
export function readOptions<Schema extends z.ZodType>(schema: Schema, options: unknown): z.output<Schema> {
  const read = schema.safeParse(options)
  if (read.success) return read.data
  const faults: InputFault[] = read.error.issues.map((issue) => ({
    field: issue.path.map(String).join('.') || 'options',
    row: null,
    message: issue.message,
  }))
  throw new EngineInputError(codeOf(read.error.issues[0]?.code), faults)
}

function codeOf(issue: string | undefined): InputErrorCode {
  if (issue === 'too_big' || issue === 'too_small') return 'out-of-range'
  return issue === 'unrecognized_keys' || issue === 'invalid_value' ? 'unknown-name' : 'wrong-type'
}
