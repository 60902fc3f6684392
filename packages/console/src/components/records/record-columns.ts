import type { Collection, MemberSchema, StoredRecord } from '../../api/blueprint-types'
import { labelOf, typeOf } from '../forms/form-fields'
import type { ListColumn, ListFilter } from '../list/list-types'

/** Whether a member is a figure, which stands at the end of its cell. */
function isFigure(schema: MemberSchema): boolean {
  const type = typeOf(schema)
  return type === 'number' || type === 'integer'
}

function isScalar(schema: MemberSchema): boolean {
  const type = typeOf(schema)
  return type !== 'array' && type !== 'object'
}

/** Columns of a table view; the member that names the record comes first and takes the room that is left. */
export function recordColumns(collection: Collection, members: readonly string[]): ListColumn<StoredRecord>[] {
  return members.flatMap((name, index) => {
    const schema = collection.schema.properties[name]
    if (!schema) return []
    const figure = isFigure(schema) || schema.format === 'date' || schema.format === 'date-time'
    return [
      {
        key: name,
        label: labelOf(name, schema),
        value: (record: StoredRecord) => plainValue(record.data[name]),
        figure: index > 0 && figure,
        ...(isScalar(schema) ? { sort: name } : {}),
        ...(index > 0
          ? { width: figure ? 'w-36' : 'w-44', card: schema.enum ? ('badge' as const) : ('line' as const) }
          : { card: 'title' as const }),
        ...(index > 4 ? { from: 'xl' as const } : index > 2 ? { from: 'lg' as const } : {}),
      },
    ]
  })
}

/** Members with a fixed set of values can be filtered by. */
export function recordFilters(collection: Collection, members: readonly string[]): ListFilter[] {
  return members.flatMap((name): ListFilter[] => {
    const schema = collection.schema.properties[name]
    if (!schema) return []
    if (typeOf(schema) === 'boolean')
      return [
        {
          key: name,
          label: labelOf(name, schema),
          kind: 'choice',
          options: [
            { value: 'true', label: 'Yes' },
            { value: 'false', label: 'No' },
          ],
        },
      ]
    const values = (schema.enum ?? []).filter((value) => value !== null)
    return values.length > 0
      ? [
          {
            key: name,
            label: labelOf(name, schema),
            kind: 'choice',
            options: values.map((value) => ({ value: String(value), label: choiceLabel(value) })),
          },
        ]
      : []
  })
}

export function choiceLabel(value: string | number | boolean): string {
  return typeof value === 'string'
    ? value.charAt(0).toUpperCase() + value.slice(1).replaceAll(/[-_]/g, ' ')
    : String(value)
}

/** A value as one cell of a CSV file. */
export function plainValue(value: unknown): string | number | boolean | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string')
    ? value.join(', ')
    : JSON.stringify(value)
}
