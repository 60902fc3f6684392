import type { FieldProblem } from '@guildhall/kernel'
import type { CollectionDefinition, RecordSchema } from '@guildhall/modules/projects'
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import { default as formats } from 'ajv-formats'
import { allowsNull, memberOf } from './member-kind.ts'
import type { RecordData } from './record-store.ts'

const ajv = new Ajv2020({
  allErrors: true,
  ownProperties: true,
  useDefaults: true,
  strict: true,
  strictRequired: false,
  strictTypes: false,
  allowUnionTypes: true,
})
ajv.addVocabulary(['x-unit', 'x-collection', 'x-bucket', 'x-multiline', 'x-search', 'x-hidden', 'x-added'])
formats.default(ajv, ['date', 'date-time', 'email', 'uri', 'uuid'])

/** Compiled schemas by their text; a changed collection has another text. */
const compiled = new Map<string, ValidateFunction>()
const mostCompiled = 500
const mostErrors = 20

export type Checked = { ok: true; data: RecordData } | { ok: false; errors: FieldProblem[] }

/**
 * Checks data against a collection's JSON Schema (2020-12). Defaults are filled in; members that are null although
 * their schema does not allow it count as absent, which is how forms clear a field.
 * @param prefix path of the data in the request, `data`
 */
export function checkRecord(definition: CollectionDefinition, data: RecordData, prefix: string): Checked {
  const candidate = structuredClone(withoutNulls(definition, data))
  const validate = validatorOf(definition.schema)
  const misfits = validate(candidate) ? [] : (validate.errors ?? []).map((error) => fieldProblem(error, prefix))
  const errors = [...misfits, ...unstorable(candidate, [prefix].filter(Boolean))].slice(0, mostErrors)
  return errors.length === 0 ? { ok: true, data: candidate } : { ok: false, errors }
}

/** PostgreSQL stores neither NUL nor half of a surrogate pair. */
function unstorable(value: unknown, path: string[]): FieldProblem[] {
  if (typeof value === 'string')
    return value.includes('\0') || !value.isWellFormed()
      ? [{ field: path.join('.'), message: 'holds a character that cannot be stored (NUL, or a lone surrogate)' }]
      : []
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => [
    ...(unstorable(name, [...path, 'name']).length > 0
      ? [{ field: path.join('.'), message: 'has a member whose name cannot be stored' }]
      : []),
    ...unstorable(inner, [...path, name]),
  ])
}

function withoutNulls(definition: CollectionDefinition, data: RecordData): RecordData {
  return Object.fromEntries(
    Object.entries(data).filter(
      ([name, value]) => value !== undefined && (value !== null || allowsNull(memberOf(definition, name))),
    ),
  )
}

/** @throws Error when the schema itself is not valid: a mistake of the blueprint. */
function validatorOf(schema: RecordSchema): ValidateFunction {
  const text = JSON.stringify(schema)
  const known = compiled.get(text)
  if (known) return known
  const validate = ajv.compile(JSON.parse(text))
  const oldest = compiled.keys().next()
  if (compiled.size >= mostCompiled && !oldest.done) compiled.delete(oldest.value)
  compiled.set(text, validate)
  return validate
}

/** @throws Error naming what is wrong with the schema. */
export function compileSchema(schema: RecordSchema): void {
  validatorOf(schema)
}

function fieldProblem(error: ErrorObject, prefix: string): FieldProblem {
  const path = error.instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  const parameters: Record<string, unknown> = error.params
  const named = parameters['missingProperty'] ?? parameters['additionalProperty']
  if (typeof named === 'string') path.push(named)
  return { field: [prefix, ...path].filter(Boolean).join('.'), message: messageOf(error, parameters) }
}

function messageOf(error: ErrorObject, parameters: Record<string, unknown>): string {
  switch (error.keyword) {
    case 'required':
      return 'is missing'
    case 'additionalProperties':
      return 'is not a member of this collection'
    case 'enum':
      return `must be one of ${JSON.stringify(parameters['allowedValues'])}`
    case 'type':
      return `must be ${[parameters['type']].flat().join(' or ')}`
    default:
      return error.message ?? 'is not valid'
  }
}
