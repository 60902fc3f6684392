import { invalidInput } from '@guildhall/kernel'
import type { CollectionDefinition } from '@guildhall/modules/projects'
import { readCsv, valueOf } from './csv.ts'
import type { ImportReport, ImportRequest } from './import-report.ts'
import { memberOf } from './member-kind.ts'
import type { RecordData } from './record-store.ts'

export interface ImportRow {
  /** Counts from 1, without the heading. */
  number: number
  id?: string
  data: RecordData
}

/** The rows of a file as data that is still to be validated. @throws Problem 400 naming `content` or `mapping`. */
export function readRows(
  definition: CollectionDefinition,
  request: ImportRequest,
): { rows: ImportRow[]; columns: ImportReport['columns'] } {
  return request.format === 'csv' ? csvRows(definition, request) : { rows: jsonRows(request.content), columns: [] }
}

function csvRows(definition: CollectionDefinition, request: ImportRequest) {
  const { headings, rows } = readCsv(request.content)
  const columns = headings.map((heading) => ({ heading, member: memberFor(definition, heading, request.mapping) }))
  const used = columns.flatMap(({ member }) => member ?? [])
  if (used.length === 0)
    throw invalidInput([
      {
        field: 'content',
        message: `no heading names a member of ${definition.title}; say with mapping which column is which`,
      },
    ])
  const twice = used.find((member, index) => used.indexOf(member) !== index)
  if (twice !== undefined) throw invalidInput([{ field: 'mapping', message: `two columns are mapped to ${twice}` }])
  return {
    columns,
    rows: rows.map((cells, index): ImportRow => {
      const row: ImportRow = { number: index + 1, data: {} }
      for (const [at, { member }] of columns.entries()) {
        const cell = cells[at] ?? ''
        if (member === 'id') {
          if (cell !== '') row.id = cell
          continue
        }
        const schema = member === null ? undefined : memberOf(definition, member)
        const value = schema && valueOf(cell, schema)
        if (member !== null && value !== undefined) row.data[member] = value
      }
      return row
    }),
  }
}

function memberFor(
  definition: CollectionDefinition,
  heading: string,
  mapping: ImportRequest['mapping'],
): string | null {
  if (mapping && Object.hasOwn(mapping, heading)) {
    const member = mapping[heading] ?? null
    if (member !== null && member !== 'id' && !memberOf(definition, member))
      throw invalidInput([{ field: `mapping.${heading}`, message: `${member} is not a member of ${definition.title}` }])
    return member
  }
  const wanted = fold(heading)
  if (wanted === 'id' && !memberOf(definition, 'id')) return 'id'
  const named = Object.entries(definition.schema.properties).find(
    ([name, member]) => fold(name) === wanted || (member.title !== undefined && fold(member.title) === wanted),
  )
  return named?.[0] ?? null
}

function fold(text: string): string {
  return text.toLowerCase().replaceAll(/[\s_-]+/g, '')
}

function jsonRows(content: string): ImportRow[] {
  const rows = parse(content)
  if (!Array.isArray(rows)) throw invalidInput([{ field: 'content', message: 'must be a JSON array of objects' }])
  return rows.map((row: unknown, index): ImportRow => {
    if (!isObject(row)) throw invalidInput([{ field: 'content', message: `element ${String(index)} is not an object` }])
    // What the export writes: the data beside its id and times.
    const exported = isObject(row['data']) && typeof row['version'] === 'number'
    const data = exported && isObject(row['data']) ? row['data'] : row
    return { number: index + 1, data, ...(typeof row['id'] === 'string' && exported ? { id: row['id'] } : {}) }
  })
}

function parse(content: string): unknown {
  try {
    return JSON.parse(content)
  } catch (error) {
    throw invalidInput([
      { field: 'content', message: `is not JSON: ${error instanceof Error ? error.message : 'syntax error'}` },
    ])
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
