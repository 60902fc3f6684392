import type { Tenant } from '@guildhall/kernel'
import type { NewUsage } from '@guildhall/modules/ledger'
import { z } from 'zod'
import type { PreparedPayload } from '../payload.ts'
import type { runAttempts, runs, runSteps } from '../schema.ts'

/** A whole run as it goes into the database, in one line of the spool. Payloads are sealed before they get here. */
export interface SpooledCall {
  tenant: Tenant
  run: typeof runs.$inferInsert
  steps: (typeof runSteps.$inferInsert)[]
  attempts: (typeof runAttempts.$inferSelect)[]
  usage: NewUsage[]
  payloads: PreparedPayload[]
}

/** `begin` counts only where no `end` of the same run follows: its process has died in between. */
export interface SpoolLine {
  v: 1
  type: 'begin' | 'end'
  id: string
  call: SpooledCall
}

const Line = z.object({
  v: z.literal(1),
  type: z.enum(['begin', 'end']),
  id: z.string(),
  call: z.looseObject({ tenant: z.looseObject({ id: z.string() }), run: z.looseObject({ id: z.string() }) }),
})

export function writeLine(line: SpoolLine): string {
  return `${JSON.stringify(line)}\n`
}

/** @returns null for a line that was cut by the end of its process */
export function readLine(text: string): SpoolLine | null {
  try {
    const read: unknown = JSON.parse(text)
    Line.parse(read)
    return revived(read)
  } catch {
    return null
  }
}

/** What `writeLine` wrote: rows with their dates as text, which the database reads as well. */
function revived(read: unknown): SpoolLine {
  const line = read as SpoolLine
  for (const entry of line.call.usage) entry.occurredAt = new Date(entry.occurredAt)
  return line
}
