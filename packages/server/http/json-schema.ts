import { z } from 'zod'

export type JsonSchema = { [key: string]: unknown }

/** JSON Schema (2020-12) of what a schema accepts (`input`) or produces (`output`). */
export function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any', reused: 'inline' })
  return splitTypes(rest)
}

/** Some clients and models know one type per schema only: `type: ['string', 'null']` becomes `anyOf`. */
function splitTypes(schema: JsonSchema): JsonSchema {
  const split = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, inside(key, value)]))
  const types = split['type']
  if (!Array.isArray(types) || 'anyOf' in split) return split
  const { type: _types, ...rest } = split
  return { ...rest, anyOf: types.map((type: unknown) => ({ type })) }
}

/** Values of these keywords are data, in which `type` may mean anything. */
const literal = new Set(['const', 'enum', 'default', 'examples', 'required'])

function inside(key: string, value: unknown): unknown {
  if (literal.has(key)) return value
  if (Array.isArray(value)) return value.map((each: unknown) => (isObject(each) ? splitTypes(each) : each))
  if (!isObject(value)) return value
  // Members of `properties` and `$defs` may have any name, also that of a keyword.
  if (key === 'properties' || key === '$defs' || key === 'patternProperties')
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [name, isObject(each) ? splitTypes(each) : each]),
    )
  return splitTypes(value)
}

function isObject(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Members of an object schema; none for anything else. */
export function propertiesOf(schema: JsonSchema): Record<string, JsonSchema> {
  const properties = schema['properties']
  if (!isObject(properties)) return {}
  return Object.fromEntries(
    Object.entries(properties).filter((entry): entry is [string, JsonSchema] => isObject(entry[1])),
  )
}

export function requiredOf(schema: JsonSchema): string[] {
  const required = schema['required']
  return Array.isArray(required) ? required.filter((name) => typeof name === 'string') : []
}

/** Turns a query or path string into what its schema asks for; what cannot be turned stays, and validation names it. */
export function coerce(text: string, schema: JsonSchema | undefined): unknown {
  if (!schema) return text
  const types = typesOf(schema)
  if (types.has('string')) return text
  if ((types.has('number') || types.has('integer')) && text.trim() !== '' && Number.isFinite(Number(text)))
    return Number(text)
  if (types.has('boolean') && (text === 'true' || text === 'false')) return text === 'true'
  if (types.has('object') || types.has('array')) {
    try {
      return JSON.parse(text)
    } catch {
      return types.has('array') ? text.split(',') : text
    }
  }
  return text
}

function typesOf(schema: JsonSchema): Set<string> {
  const own = schema['type']
  const types = new Set<string>(
    typeof own === 'string' ? [own] : Array.isArray(own) ? own.filter((t) => typeof t === 'string') : [],
  )
  if ('enum' in schema && Array.isArray(schema['enum'])) for (const value of schema['enum']) types.add(typeof value)
  if ('const' in schema) types.add(typeof schema['const'])
  for (const key of ['anyOf', 'oneOf', 'allOf']) {
    const members = schema[key]
    if (Array.isArray(members))
      for (const member of members) if (isObject(member)) for (const type of typesOf(member)) types.add(type)
  }
  return types
}
