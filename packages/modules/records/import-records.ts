import { isDeepStrictEqual } from 'node:util'
import { invalidInput, isId, newId, type FieldProblem, type TransactionContext } from '@guildhall/kernel'
import type { CollectionDefinition } from '@guildhall/modules/projects'
import { and, sql } from 'drizzle-orm'
import { comparable, type Comparable } from './conditions.ts'
import type { ImportReport, ImportRequest } from './import-report.ts'
import { ofCollection, recordColumns } from './list-records.ts'
import { readRows, type ImportRow } from './read-rows.ts'
import type { StoredRecord } from './record-store.ts'
import { scalarLength } from './scalars.ts'
import { records } from './schema.ts'
import { checkRecord } from './validate-record.ts'
import { insertRecords, replaceRecords, type ChangedRecord, type NewRecord } from './record-batches.ts'

const mostReported = 100
const lookupRows = 50_000

/** Reads a file into a collection. Everything is checked before the first row is written; all rows or none. */
export async function importRecords(
  ctx: TransactionContext,
  definition: CollectionDefinition,
  request: ImportRequest,
): Promise<ImportReport> {
  const { rows, columns } = readRows(definition, request)
  const key = request.key
  const kind = key === undefined || key === 'id' ? null : comparable(definition, key, 'key').kind
  const report: ImportReport = {
    dryRun: request.dryRun,
    rows: rows.length,
    created: 0,
    updated: 0,
    unchanged: 0,
    invalid: 0,
    errors: [],
    columns,
  }
  const existing =
    key === undefined ? new Map<string, StoredRecord>() : await recordsByKey(ctx, request, { key, kind }, rows)
  const seen = new Map<string, number>()
  const additions: NewRecord[] = []
  const changes: ChangedRecord[] = []
  const refuse = (row: ImportRow, errors: FieldProblem[]) => {
    report.invalid++
    const room = Math.max(0, mostReported - report.errors.length)
    report.errors.push(...errors.slice(0, room).map(({ field, message }) => ({ row: row.number, field, message })))
  }

  for (const row of rows) {
    const keyText = key === undefined ? undefined : keyOf(row, key)
    if (key !== undefined && keyText === undefined) {
      refuse(row, [{ field: key, message: 'is missing, but the rows are told apart by it' }])
      continue
    }
    if (keyText !== undefined) {
      const earlier = seen.get(keyText)
      if (earlier !== undefined) {
        refuse(row, [{ field: key ?? '', message: `is the same as in row ${String(earlier)}` }])
        continue
      }
      seen.set(keyText, row.number)
    }
    const stored = keyText === undefined ? undefined : existing.get(keyText)
    const checked = checkRecord(definition, { ...stored?.data, ...row.data }, '')
    if (!checked.ok) refuse(row, checked.errors)
    else if (stored === undefined) {
      report.created++
      additions.push({ ...idOf(row, key), data: checked.data, createdAt: ctx.now() })
    } else if (isDeepStrictEqual(checked.data, stored.data)) report.unchanged++
    else {
      report.updated++
      changes.push({
        id: stored.id,
        version: stored.version + 1,
        before: stored.data,
        data: checked.data,
        createdAt: stored.createdAt,
      })
    }
  }

  if (request.dryRun) return report
  if (report.invalid > 0 && request.skipInvalid !== true) throw invalidRows(report)
  const inserted = await insertRecords(ctx, definition, request.projectId, additions)
  if (inserted.length < additions.length)
    throw invalidInput([
      {
        field: 'key',
        message:
          'some ids belong to records of another collection or to removed ones; import without ids, or restore those first',
      },
    ])
  await replaceRecords(ctx, definition, request.projectId, changes, ctx.now())
  if (report.created + report.updated > 0)
    ctx.emit('records.imported', {
      projectId: request.projectId,
      collection: definition.key,
      created: report.created,
      updated: report.updated,
    })
  return report
}

function idOf(row: ImportRow, key: string | undefined): Pick<NewRecord, 'id' | 'isGivenId'> {
  return key === 'id' && row.id !== undefined ? { id: row.id, isGivenId: true } : { id: newId(), isGivenId: false }
}

function keyOf(row: ImportRow, key: string): string | undefined {
  if (key === 'id') return row.id
  const value: unknown = row.data[key]
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined
}

/** The stored records that the rows may mean, locked unless nothing will be written, by the text of their key. @throws Problem 400 when a key is not unique. */
async function recordsByKey(
  ctx: TransactionContext,
  request: ImportRequest,
  { key, kind }: { key: string; kind: Comparable['kind'] | null },
  rows: readonly ImportRow[],
): Promise<Map<string, StoredRecord>> {
  const keys = rows.flatMap((row) => keyOf(row, key) ?? [])
  if (key === 'id' && !keys.every(isId))
    throw invalidInput([{ field: 'content', message: 'has an id that is not a UUID' }])
  // Only short texts are in the index as they are in the data.
  const isShortText = kind === 'text' && keys.every((text) => text.length < scalarLength)
  const place = isShortText ? records.scalars : records.data
  const written = key === 'id' ? sql`${records.id}::text` : sql`(${place}->>${key}::text)`
  const found = new Map<string, StoredRecord>()
  for (let start = 0; start < keys.length; start += lookupRows) {
    const wanted = JSON.stringify(keys.slice(start, start + lookupRows))
    const query = ctx.db
      .select({ ...recordColumns(), key: sql<string>`${written}` })
      .from(records)
      .where(and(ofCollection(ctx, request), sql`${written} in (select jsonb_array_elements_text(${wanted}::jsonb))`))
    const batch = await (request.dryRun ? query : query.orderBy(records.id).for('update'))
    for (const { key: text, ...record } of batch) {
      if (found.has(text))
        throw invalidInput([{ field: 'key', message: `${key} is not unique: two stored records have ${text}` }])
      found.set(text, record)
    }
  }
  return found
}

function invalidRows(report: ImportReport) {
  const problem = invalidInput(
    report.errors.slice(0, 20).map(({ row, field, message }) => ({ field: `row ${String(row)}: ${field}`, message })),
  )
  problem.extensions['report'] = report
  return problem
}
