import type { Members } from './splice-request.ts'
import { isRecord } from './wire.ts'

/** A body as JSON says it; null = it is no object, which the one who reads it next says. */
export function readMembers(bytes: Buffer): Members | null {
  try {
    const read: unknown = JSON.parse(bytes.toString('utf8'))
    return isRecord(read) ? read : null
  } catch {
    return null
  }
}
