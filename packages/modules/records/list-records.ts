import { invalidInput, isId, type TransactionContext } from '@guildhall/kernel'
import type { CollectionDefinition } from '@guildhall/modules/projects'
import { and, eq, sql, type SQL } from 'drizzle-orm'
import { comparable, conditions, matchesText, type Comparable } from './conditions.ts'
import { asInputProblem } from './data-exception.ts'
import type { RecordData, RecordQuery, StoredRecord } from './record-store.ts'
import { records } from './schema.ts'

export interface RecordPage {
  items: StoredRecord[]
  nextCursor: string | null
  total: number | null
}

/** Value of the sort key as text, as the database wrote it; null for records without the member. */
type Position = { key: string | null; id: string }

/** One page by keyset: each record is met once, also while others are added, changed or removed. */
export async function listRecords(
  ctx: TransactionContext,
  definition: CollectionDefinition,
  query: RecordQuery,
): Promise<RecordPage> {
  const sort = query.sort ?? definition.defaultSort ?? '-updatedAt'
  const descending = sort.startsWith('-')
  const target = comparable(definition, descending ? sort.slice(1) : sort, 'sort')
  // Without regard to case: capitals first is nobody's alphabet.
  const key = target.kind === 'text' ? sql`lower(${target.value})` : target.value
  // Columns that are never null are named without `nulls last`, in the very order of their index.
  const order = sql.raw(`${descending ? 'desc' : 'asc'}${target.nullable ? ' nulls last' : ''}`)
  const byId = sql.raw(descending ? 'desc' : 'asc')
  const limit = query.limit ?? 50
  const matching = matchesText(query.q)
  const within = and(ofCollection(ctx, query), conditions(definition, query.where, 'filter'), matching)
  // How many records hold the start of a word is a guess of the planner, and a high one: it would walk through all
  // records in the order of the page, hoping to meet enough of them early. Without such an order it asks the text index.
  const walked = matching ? sql`coalesce(${key}, ${key})` : key
  const after =
    query.cursor === undefined ? undefined : beyond(readCursor(query.cursor, sort, target), key, target, descending)
  try {
    // What is sent is computed for the rows of the page alone, not for all that are sorted to find them.
    const found = ctx.db
      .select({ ...recordColumns(), key: sql<unknown>`${key}`.as('sort_key') })
      .from(records)
      .where(and(within, after))
      .orderBy(sql`${walked} ${order}`, sql`${records.id} ${byId}`)
      .limit(limit + 1)
      .as('found')
    const rows = await ctx.db
      .select({
        id: found.id,
        projectId: found.projectId,
        collection: found.collection,
        version: found.version,
        data: membersOf(sql`${found.data}`, query.members),
        createdAt: found.createdAt,
        updatedAt: found.updatedAt,
        sortKey: sql<string | null>`${found.key}::text`.as('position'),
      })
      .from(found)
      .orderBy(sql`${found.key} ${order}`, sql`${found.id} ${byId}`)
    const items = rows.slice(0, limit).map(({ sortKey, ...record }) => ({ sortKey, record }))
    const last = items.at(-1)
    return {
      items: items.map((item) => item.record),
      nextCursor: rows.length > limit && last ? writeCursor(sort, { key: last.sortKey, id: last.record.id }) : null,
      total: query.cursor === undefined ? await ctx.db.$count(records, within) : null,
    }
  } catch (error) {
    throw asInputProblem(error)
  }
}

export function ofCollection(
  ctx: TransactionContext,
  { projectId, collection }: { projectId: string; collection: string },
): SQL | undefined {
  return and(eq(records.tenantId, ctx.tenant.id), eq(records.projectId, projectId), eq(records.collection, collection))
}

/** What a record is made of. */
export function recordColumns() {
  return {
    id: records.id,
    projectId: records.projectId,
    collection: records.collection,
    version: records.version,
    data: records.data,
    createdAt: records.createdAt,
    updatedAt: records.updatedAt,
  }
}

/** Data, or only some members of it when they are named. */
function membersOf(data: SQL, members: readonly string[] | undefined): SQL<RecordData> {
  if (!members) return sql<RecordData>`${data}`
  const names = JSON.stringify(members)
  return sql<RecordData>`coalesce((select jsonb_object_agg(part.key, part.value) from jsonb_each(${data}) part
    where part.key in (select jsonb_array_elements_text(${names}::jsonb))), '{}')`
}

/** Records after a position; those without the member come last in both directions. */
function beyond(position: Position, key: SQL, target: Comparable, descending: boolean): SQL {
  const sign = sql.raw(descending ? '<' : '>')
  if (position.key === null) return sql`(${key} is null and ${records.id} ${sign} ${position.id}::uuid)`
  const bound = sql`${position.key}::${sql.raw(sqlType[target.kind])}`
  const row = sql`(${key}, ${records.id}) ${sign} (${bound}, ${position.id}::uuid)`
  return target.nullable ? sql`(${row} or ${key} is null)` : row
}

const sqlType: Record<Comparable['kind'], string> = {
  text: 'text',
  date: 'text',
  'date-time': 'text',
  moment: 'timestamptz',
  number: 'numeric',
  boolean: 'boolean',
}

function writeCursor(sort: string, position: Position): string {
  return Buffer.from(JSON.stringify([sort, position.key, position.id])).toString('base64url')
}

function readCursor(cursor: string, sort: string, target: Comparable): Position {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (Array.isArray(parsed) && parsed.length === 3) {
      const [order, key, id]: unknown[] = parsed
      const known = (key === null && target.nullable) || typeof key === 'string'
      if (order === sort && known && typeof id === 'string' && isId(id)) return { key, id }
    }
  } catch {
    // Falls through to the same refusal as a cursor of another list.
  }
  throw invalidInput([
    { field: 'cursor', message: 'is not a cursor of this list in this order; start again without it' },
  ])
}
