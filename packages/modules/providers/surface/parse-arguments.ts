import { invalidInput } from '@guildhall/kernel'

/** Arguments of a tool call as they stand in a conversation; none at all = an empty object. */
export function parseArguments(text: string, field: string): unknown {
  if (text.trim() === '') return {}
  try {
    return JSON.parse(text)
  } catch {
    throw invalidInput([{ field, message: 'holds arguments that are not JSON' }])
  }
}
