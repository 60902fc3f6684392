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
  const problems: FieldProblem[] = []
  // A copy, since defaults are filled into it.
  const candidate = Object.fromEntries(
    Object.entries(withoutNulls(definition, data)).map(([name, value]) => [
      name,
      copyOf(value, [prefix, name], problems),
    ]),
  )
  const validate = validatorOf(definition.schema)
  if (!validate(candidate)) problems.unshift(...(validate.errors ?? []).map((error) => fieldProblem(error, prefix)))
  return problems.length === 0 ? { ok: true, data: candidate } : { ok: false, errors: problems.slice(0, mostErrors) }
}

/** A copy of JSON that notes text which PostgreSQL does not store: NUL and halves of surrogate pairs. */
function copyOf(value: unknown, path: string[], problems: FieldProblem[]): unknown {
  if (typeof value === 'string') {
    if (!isStorable(value))
      problems.push({
        field: fieldOf(path),
        message: 'holds a character that cannot be stored (NUL, or a lone surrogate)',
      })
    return value
  }
  if (Array.isArray(value)) return value.map((element, index) => copyOf(element, [...path, String(index)], problems))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      if (!isStorable(name))
        problems.push({ field: fieldOf(path), message: 'has a member whose name cannot be stored' })
      return [name, copyOf(inner, [...path, name], problems)]
    }),
  )
}

function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed()
}

function fieldOf(path: readonly string[]): string {
  return path.filter(Boolean).join('.')
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
  return { field: fieldOf([prefix, ...path]), message: messageOf(error, parameters) }
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
