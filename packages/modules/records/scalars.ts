import type { CollectionDefinition, MemberSchema } from '@guildhall/modules/projects'
import { kindOf } from './member-kind.ts'
import type { RecordData } from './record-store.ts'

/** Text is compared by its first characters; whoever asks for exactly one longer value reads the data itself. */
export const scalarLength = 256

export type Scalar = string | number | boolean

/**
 * The members of a record that filters, sorts and charts read, each of the type that its schema says. Moments are in UTC
 * with milliseconds, so that they compare as text.
 */
export function scalarsOf(definition: CollectionDefinition, data: RecordData): Record<string, Scalar> {
  const scalars: [string, Scalar][] = []
  for (const [name, member] of Object.entries(definition.schema.properties)) {
    const scalar = Object.hasOwn(data, name) ? scalarOf(data[name], member) : undefined
    if (scalar !== undefined) scalars.push([name, scalar])
  }
  return Object.fromEntries(scalars)
}

function scalarOf(value: unknown, member: MemberSchema): Scalar | undefined {
  switch (kindOf(member)) {
    case 'number':
      return typeof value === 'number' ? value : undefined
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined
    case 'date':
      return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : undefined
    case 'date-time':
      return typeof value === 'string' ? momentOf(value) : undefined
    case 'text':
      if (typeof value === 'string') return value.slice(0, scalarLength).toWellFormed()
      return typeof value === 'number' || typeof value === 'boolean' ? value : undefined
    default:
      return undefined
  }
}

/** A moment (RFC 3339) in UTC. A leap second, which JavaScript does not know, is the last millisecond before it. */
function momentOf(text: string): string | undefined {
  const moment = new Date(text.replace(/(T\d{2}:\d{2}):60(\.\d+)?/i, '$1:59.999'))
  return Number.isNaN(moment.getTime()) ? undefined : moment.toISOString()
}
