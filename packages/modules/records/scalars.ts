import type { RecordData } from './record-store.ts'

/** Text is compared by its first characters; whoever asks for exactly one longer value reads the data itself. */
export const scalarLength = 256

/** The members of a record that filters, sorts and charts read. */
export function scalarsOf(data: RecordData): Record<string, string | number | boolean> {
  const scalars: [string, string | number | boolean][] = []
  for (const [name, value] of Object.entries(data)) {
    if (typeof value === 'string') scalars.push([name, value.slice(0, scalarLength).toWellFormed()])
    else if (typeof value === 'number' || typeof value === 'boolean') scalars.push([name, value])
  }
  return Object.fromEntries(scalars)
}
