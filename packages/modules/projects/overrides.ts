import { invalidInput, type FieldProblem } from '@guildhall/kernel'
import { z } from 'zod'
import type { MemberSchema } from './blueprint.ts'
import type { BlueprintSnapshot } from './snapshot.ts'

const Title = z.string().trim().min(1).max(80)
const Description = z.string().trim().max(500)
const Choice = z.union([z.string().min(1).max(200), z.number()])

/** A member that a client adds: flat, and without anything that would let a schema run wild. */
const AddedMember = z.strictObject({
  type: z.enum(['string', 'number', 'integer', 'boolean', 'array']),
  title: Title.optional(),
  description: Description.optional(),
  format: z.enum(['date', 'date-time', 'email', 'uri']).optional(),
  enum: z.array(Choice).min(1).max(100).optional(),
  items: z.strictObject({ type: z.literal('string') }).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  maxLength: z.int().min(1).max(100_000).optional(),
  'x-unit': z.string().max(20).optional(),
  'x-multiline': z.boolean().optional(),
  'x-search': z.boolean().optional(),
})

const MemberName = z
  .string()
  .regex(/^[a-z][A-Za-z0-9_]{0,62}$/, 'must begin with a small letter and hold letters, digits and _ only')
const Key = z.string().min(1).max(100)

const CollectionOverrides = z.strictObject({
  title: Title.optional(),
  members: z
    .record(
      Key,
      z.strictObject({ title: Title.optional(), description: Description.optional(), hidden: z.boolean().optional() }),
    )
    .optional()
    .describe('Other titles for members, or members that the client does not use'),
  added: z.record(MemberName, AddedMember).optional().describe('Members of the client’s own'),
})

/** What a client may make different in a project; kept by every upgrade. */
export const Overrides = z.strictObject({
  collections: z.record(Key, CollectionOverrides).optional(),
  views: z.record(Key, z.strictObject({ title: Title.optional(), hidden: z.boolean().optional() })).optional(),
})
export type Overrides = z.output<typeof Overrides>

/**
 * Checks overrides against what they are laid over.
 * @throws Problem 400 naming each override that has nothing to change or would make records impossible.
 */
export function checkOverrides(overrides: Overrides, snapshot: BlueprintSnapshot): void {
  const problems: FieldProblem[] = []
  for (const [key, own] of Object.entries(overrides.collections ?? {})) {
    const collection = snapshot.collections.find((each) => each.key === key)
    if (!collection) {
      problems.push({ field: path('collections', key), message: 'is not a collection of this project' })
      continue
    }
    const { properties, required = [] } = collection.schema
    for (const [name, change] of Object.entries(own.members ?? {})) {
      const field = path('collections', key, 'members', name)
      const member = Object.hasOwn(properties, name) ? properties[name] : undefined
      if (!member) problems.push({ field, message: 'is not a member of this collection' })
      else if (change.hidden && name === collection.titleMember)
        problems.push({ field, message: 'names the records and cannot be hidden' })
      else if (change.hidden && required.includes(name) && member.default === undefined)
        problems.push({ field, message: 'is required, so it cannot be hidden: nobody could create a record any more' })
    }
    for (const [name, member] of Object.entries(own.added ?? {})) {
      const field = path('collections', key, 'added', name)
      if (Object.hasOwn(properties, name)) problems.push({ field, message: 'is a member of the blueprint already' })
      problems.push(...memberProblems(member, field))
    }
  }
  for (const key of Object.keys(overrides.views ?? {}))
    if (!snapshot.views.some((view) => view.key === key))
      problems.push({ field: path('views', key), message: 'is not a view of this project' })
  if (problems.length > 0) throw invalidInput(problems.slice(0, 20))
}

function path(...parts: string[]): string {
  return ['overrides', ...parts].join('.')
}

function memberProblems(member: z.output<typeof AddedMember>, field: string): FieldProblem[] {
  const problems: FieldProblem[] = []
  if (member.format !== undefined && member.type !== 'string')
    problems.push({ field: `${field}.format`, message: 'is for type string' })
  if (member.items !== undefined && member.type !== 'array')
    problems.push({ field: `${field}.items`, message: 'is for type array' })
  const kind = member.type === 'string' ? 'string' : 'number'
  if (member.enum?.some((value) => typeof value !== kind))
    problems.push({ field: `${field}.enum`, message: `must hold ${kind}s, as the type is ${member.type}` })
  if (member.minimum !== undefined && member.maximum !== undefined && member.minimum > member.maximum)
    problems.push({ field: `${field}.minimum`, message: 'must not be above maximum' })
  return problems
}

/** A member of the client's own as a part of the collection's schema. */
export function addedMember(member: z.output<typeof AddedMember>): MemberSchema {
  const defined = Object.fromEntries(Object.entries(member).filter(([, value]) => value !== undefined))
  const items = member.type === 'array' && member.items === undefined ? { items: { type: 'string' as const } } : {}
  return { ...defined, ...items, 'x-added': true }
}
