import type { MemberSchema, RecordSchema } from '@/api/blueprint-types'
import { sentence } from '../../format/text'

type FieldKind =
  | 'text'
  | 'multiline'
  | 'number'
  | 'boolean'
  | 'choice'
  | 'date'
  | 'date-time'
  | 'email'
  | 'uri'
  | 'tags'
  | 'reference'
  | 'file'
  | 'json'

export interface FormField {
  name: string
  label: string
  help: string | undefined
  kind: FieldKind
  required: boolean
  schema: MemberSchema
}

export const labelOf = (name: string, schema: MemberSchema | undefined) =>
  schema?.title ?? sentence(name.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase())

export function typeOf(schema: MemberSchema): string | undefined {
  return Array.isArray(schema.type) ? schema.type.find((type) => type !== 'null') : schema.type
}

function kindOf(schema: MemberSchema): FieldKind {
  if (schema['x-collection']) return 'reference'
  if (schema['x-bucket']) return 'file'
  if (schema.enum) return 'choice'
  const type = typeOf(schema)
  if (type === 'boolean') return 'boolean'
  if (type === 'number' || type === 'integer') return 'number'
  if (type === 'array') return typeOf(schema.items ?? {}) === 'string' && !schema.items?.enum ? 'tags' : 'json'
  if (type === 'object') return 'json'
  if (schema['x-multiline']) return 'multiline'
  if (schema.format === 'date' || schema.format === 'date-time' || schema.format === 'email' || schema.format === 'uri')
    return schema.format
  return 'text'
}

/** The fields of a form for these members of a record, in their order. */
export function formFields(
  schema: RecordSchema,
  members: readonly string[] = Object.keys(schema.properties),
): FormField[] {
  return members.flatMap((name) => {
    const member = schema.properties[name]
    if (!member) return []
    return [
      {
        name,
        label: labelOf(name, member),
        help: member.description,
        kind: kindOf(member),
        required: schema.required?.includes(name) ?? false,
        schema: member,
      },
    ]
  })
}

/** What is wrong with a value before it is sent; the server has the last word. */
export function checkField(field: FormField, value: unknown): string | undefined {
  const blank = value === undefined || value === null || value === ''
  if (blank) return field.required && field.kind !== 'boolean' ? 'is needed' : undefined
  if (typeof value === 'number') {
    if (field.schema.minimum !== undefined && value < field.schema.minimum)
      return `must be at least ${field.schema.minimum}`
    if (field.schema.maximum !== undefined && value > field.schema.maximum)
      return `must be at most ${field.schema.maximum}`
    if (typeOf(field.schema) === 'integer' && !Number.isInteger(value)) return 'must be a whole number'
  }
  if (typeof value === 'string') {
    if (field.schema.minLength !== undefined && value.length < field.schema.minLength)
      return `needs at least ${field.schema.minLength} characters`
    if (field.schema.maxLength !== undefined && value.length > field.schema.maxLength)
      return `may have at most ${field.schema.maxLength} characters`
    if (field.kind === 'email' && !/^\S+@\S+\.\S+$/.test(value)) return 'must be an e-mail address'
  }
  return undefined
}

/** The record that a form's values make: empty fields are left out on creation and null on a change. */
export function formValues(
  fields: readonly FormField[],
  values: Record<string, unknown>,
  change: boolean,
): Record<string, unknown> {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const value = values[field.name]
      if (value === undefined || value === '' || (typeof value === 'number' && Number.isNaN(value)))
        return change ? [[field.name, null]] : []
      return [
        [field.name, field.kind === 'date-time' && typeof value === 'string' ? new Date(value).toISOString() : value],
      ]
    }),
  )
}
