import { and, asc, desc, eq, gt, inArray, lt, or, sql, type AnyColumn, type SQL } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import type { Database } from './database.ts'
import { invalidInput } from './problem.ts'

/** A moment in an output: accepts what the database driver gives, is an ISO 8601 string on the wire. */
export const Timestamp = z.preprocess(
  (value) => (value instanceof Date ? value.toISOString() : value),
  z.iso.datetime({ offset: true }),
)

/** Identifier in an input. */
export const Id = z.uuid().describe('Identifier (UUID)')

/** Slug: lower-case letters, digits and inner hyphens. */
export const Slug = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
    'must be lower-case letters, digits and hyphens, at most 63, not at the ends',
  )

/** What `z.enum` needs. */
type Names = readonly [string, ...string[]]

/**
 * The input of every list: `cursor` and `limit` (cursor pagination), `sort` (a field, `-` before it for descending),
 * `q` (search) and filters by name. Several values of a filter are separated by commas.
 */
export function listInput<S extends Names, F extends z.ZodRawShape>(sortable: S, filters: F) {
  const sorts = sortable.flatMap((name) => [name, `-${name}`])
  return z.object({
    cursor: z.string().max(500).optional().describe('`nextCursor` of the previous page'),
    limit: z.int().min(1).max(200).default(50).describe('Rows per page, at most 200'),
    sort: z.enum(sorts).optional().describe('Field to sort by, `-` before it for descending'),
    q: z.string().max(200).optional().describe('Search text'),
    ...filters,
  })
}

export function page<T extends z.ZodType>(item: T) {
  return z.object({
    items: z.array(item),
    nextCursor: z.string().nullable().describe('Pass as `cursor` for the next page; null on the last one'),
    total: z.int().nullable().describe('Rows that fit the filters; only counted on the first page'),
  })
}

export interface ListRequest {
  cursor?: string | undefined
  limit: number
  sort?: string | undefined
}

export interface ListQuery {
  table: PgTable
  /** Unique tie-breaker, normally the id. */
  id: AnyColumn
  /** Columns by the names that `listInput` offers. They must not be null. */
  sortable: Record<string, AnyColumn>
  /** For instance `-createdAt`. */
  defaultSort: string
  where?: SQL | undefined
}

/** One page by keyset: stable while rows are added, no offset scan. Sorting by time compares at millisecond precision. */
export async function listRows<Row extends Record<string, unknown>>(
  db: Database,
  query: ListQuery,
  request: ListRequest,
): Promise<{ items: Row[]; nextCursor: string | null; total: number | null }> {
  const sort = request.sort ?? query.defaultSort
  const descending = sort.startsWith('-')
  const name = descending ? sort.slice(1) : sort
  const column = query.sortable[name]
  if (!column)
    throw invalidInput([{ field: 'sort', message: `must be one of ${Object.keys(query.sortable).join(', ')}` }])
  const isDate = column.dataType === 'date'
  const key: SQL = isDate ? sql`date_trunc('milliseconds', ${column})` : sql`${column}`
  const after = request.cursor === undefined ? undefined : readCursor(request.cursor, sort)
  const beyond = descending ? lt : gt
  const bound =
    after === undefined ? undefined : isDate ? sql`${String(after.value)}::timestamptz` : sql`${after.value}`
  const keyset = after && bound ? or(beyond(key, bound), and(eq(key, bound), beyond(query.id, after.id))) : undefined
  const direction = descending ? desc : asc
  // The select list is the table itself; drizzle cannot infer the row from an abstract table.
  const selected = db
    .select()
    .from(query.table)
    .where(and(query.where, keyset))
    .orderBy(direction(key), direction(query.id))
    .limit(request.limit + 1)
  const counted = request.cursor === undefined ? db.$count(query.table, query.where) : null
  // Both are on their way at once.
  const [found, total] = await Promise.all([selected, counted])
  const rows = found as Row[]
  const items = rows.slice(0, request.limit)
  const last = items.at(-1)
  const nextCursor =
    rows.length > request.limit && last
      ? writeCursor(sort, last, propertyOf(query.table, column), propertyOf(query.table, query.id))
      : null
  return { items, nextCursor, total }
}

function propertyOf(table: PgTable, column: AnyColumn): string {
  const found = Object.entries(table).find(([, candidate]) => candidate === column)
  if (!found) throw new Error(`Column ${column.name} does not belong to the listed table`)
  return found[0]
}

function writeCursor(sort: string, row: Record<string, unknown>, property: string, idProperty: string): string {
  const value = row[property]
  return Buffer.from(
    JSON.stringify([sort, value instanceof Date ? value.toISOString() : value, row[idProperty]]),
  ).toString('base64url')
}

function readCursor(cursor: string, sort: string): { value: string | number; id: string } {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (
      Array.isArray(parsed) &&
      parsed[0] === sort &&
      (typeof parsed[1] === 'string' || typeof parsed[1] === 'number') &&
      z.uuid().safeParse(parsed[2]).success
    )
      return { value: parsed[1], id: String(parsed[2]) }
  } catch {
    // Falls through to the same refusal as a cursor of another list.
  }
  throw invalidInput([
    { field: 'cursor', message: 'is not a cursor of this list in this order; start again without it' },
  ])
}

/** `status=failed,running` as a filter: a zod string that becomes a list of allowed values. */
export function filterOf<V extends Names>(values: V) {
  return z
    .string()
    .max(500)
    .refine(
      (text) => text.split(',').every((part) => values.includes(part)),
      `must be one or several of ${values.join(', ')}, separated by commas`,
    )
    .optional()
}

export function matches(column: AnyColumn, filter: string | undefined): SQL | undefined {
  return filter === undefined ? undefined : inArray(column, filter.split(','))
}

/** `text ilike '%q%'` with the wildcards of `q` taken literally. */
export function containsText(column: AnyColumn, q: string | undefined): SQL | undefined {
  return q === undefined || q.trim() === ''
    ? undefined
    : sql`${column} ilike ${`%${q.trim().replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`}`
}
