import { Id, invalidInput, Timestamp } from '@guildhall/kernel'
import { z } from 'zod'
import type { RecordConditions } from './record-store.ts'

/** Path of a collection, in every operation on records. */
export const collectionPath = {
  projectId: Id.describe('Project'),
  collection: z.string().min(1).max(100).describe('Key of the collection'),
}

export const recordPath = { ...collectionPath, id: Id.describe('Record') }

export const RecordDataInput = z
  .record(z.string(), z.unknown())
  // Written out, since clients of MCP warn of `{}`, which says the same.
  .meta({ description: 'Members as the JSON Schema of the collection says', additionalProperties: true })

export const RecordOutput = z
  .object({
    id: z.uuid(),
    projectId: z.uuid(),
    collection: z.string(),
    version: z.int().describe('Rises by one with each change; send it back with a change to detect a lost update'),
    data: z.record(z.string(), z.unknown()),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  })
  .meta({ id: 'Record' })

const Bound = z.union([z.string(), z.number(), z.boolean()])
const Value = z.union([z.string(), z.number(), z.boolean(), z.null()])

const Filter = z.strictObject({
  eq: Value.optional(),
  in: z.array(Value).max(200).optional(),
  gte: Bound.optional(),
  lte: Bound.optional(),
  contains: z.string().max(500).optional(),
})

export const Conditions = z
  .record(z.string(), Filter)
  .refine((conditions) => Object.keys(conditions).length <= 30, 'must have at most 30 conditions')
  .describe(
    'Conditions on members, all of which hold: {"status":{"eq":"won"},"value":{"gte":100}}. eq, in, gte, lte, contains',
  )

/** Reads the `filter` of a query string. @throws Problem 400 naming `filter`. */
export function parseFilter(filter: string | undefined): RecordConditions | undefined {
  if (filter === undefined || filter === '') return undefined
  let value: unknown
  try {
    value = JSON.parse(filter)
  } catch {
    throw invalidInput([{ field: 'filter', message: 'must be JSON, for instance {"status":{"eq":"won"}}' }])
  }
  const parsed = Conditions.safeParse(value)
  if (!parsed.success)
    throw invalidInput(
      parsed.error.issues
        .slice(0, 20)
        .map((issue) => ({ field: ['filter', ...issue.path].join('.'), message: issue.message })),
    )
  return conditionsOf(parsed.data)
}

/** zod types an absent operator as possibly undefined; the port has it absent. */
export function conditionsOf(parsed: z.output<typeof Conditions>): RecordConditions {
  return Object.fromEntries(
    Object.entries(parsed).map(([name, filter]) => [
      name,
      Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)),
    ]),
  )
}
