import type { TransactionContext } from '@guildhall/kernel'
import type { CollectionDefinition } from '@guildhall/modules/projects'
import { and, eq, inArray, sql, type SQL } from 'drizzle-orm'
import type { RecordData } from './record-store.ts'
import { scalarsOf } from './scalars.ts'
import { recordCollections, recordHistory, records } from './schema.ts'
import { searchTextOf } from './search-words.ts'

export interface NewRecord {
  id: string
  /** The id came from outside, so there may be or have been a record of it. */
  isGivenId: boolean
  data: RecordData
  createdAt: Date
}

export interface ChangedRecord {
  id: string
  version: number
  before: RecordData
  data: RecordData
  createdAt: Date
}

/** Rows of one statement: few round trips, and no statement that would hold the connection for long. */
const batchRows = 1000

/**
 * Inserts valid records with their history; ids that are there, or were and have been removed, are left alone.
 * @returns the ids that were new.
 */
export async function insertRecords(
  ctx: TransactionContext,
  definition: CollectionDefinition,
  projectId: string,
  rows: readonly NewRecord[],
): Promise<string[]> {
  const collection = definition.key
  await ctx.db
    .insert(recordCollections)
    .values({ tenantId: ctx.tenant.id, projectId, collection })
    .onConflictDoNothing()
  const now = ctx.now()
  const inserted: string[] = []
  for (let start = 0; start < rows.length; start += batchRows) {
    const wanted = rows.slice(start, start + batchRows)
    const known = await knownIds(
      ctx,
      wanted.filter((row) => row.isGivenId).map((row) => row.id),
    )
    const batch = wanted
      .filter((row) => !known.has(row.id))
      .map((row) => ({
        id: row.id,
        data: row.data,
        scalars: scalarsOf(definition, row.data),
        words: searchTextOf(definition, row.data),
        created_at: row.createdAt.toISOString(),
      }))
    const done = await ctx.db.execute<{ id: string }>(sql`
      with added as (
        insert into ${records} (tenant_id, id, project_id, collection, version, data, scalars, search, created_at, updated_at)
        select ${ctx.tenant.id}::uuid, r.id, ${projectId}::uuid, ${collection}::text, 1, r.data, r.scalars, to_tsvector('simple', r.words), r.created_at, r.created_at
        from json_to_recordset(${JSON.stringify(batch)}::json) as r(id uuid, data jsonb, scalars jsonb, words text, created_at timestamptz)
        on conflict do nothing
        returning id, created_at
      ), journal as (
        insert into ${recordHistory} (tenant_id, record_id, version, project_id, collection, change, before, record_created_at, actor_type, actor_id, actor_name, at)
        select ${ctx.tenant.id}::uuid, id, 1, ${projectId}::uuid, ${collection}::text, 'create', null, created_at,
          ${ctx.actor.type}::text, ${ctx.actor.id}::text, ${ctx.actor.name}::text, ${now.toISOString()}::timestamptz
        from added
      ) select id from added`)
    inserted.push(...done.rows.map((row) => row.id))
  }
  return inserted
}

/** Those ids of which there is or was a record in this tenant. */
async function knownIds(ctx: TransactionContext, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const rows = await ctx.db
    .selectDistinct({ id: recordHistory.recordId })
    .from(recordHistory)
    .where(and(eq(recordHistory.tenantId, ctx.tenant.id), inArray(recordHistory.recordId, [...ids])))
  return new Set(rows.map((row) => row.id))
}

/** Writes changed records, which the caller has locked and checked, with their history. */
export async function replaceRecords(
  ctx: TransactionContext,
  definition: CollectionDefinition,
  projectId: string,
  rows: readonly ChangedRecord[],
  at: Date,
): Promise<void> {
  const now = at.toISOString()
  for (let start = 0; start < rows.length; start += batchRows) {
    const batch = rows.slice(start, start + batchRows).map((row) => ({
      id: row.id,
      version: row.version,
      before: row.before,
      data: row.data,
      scalars: scalarsOf(definition, row.data),
      words: searchTextOf(definition, row.data),
      created_at: row.createdAt.toISOString(),
    }))
    await ctx.db.execute(sql`
      with changed as (
        select * from json_to_recordset(${JSON.stringify(batch)}::json)
          as r(id uuid, version int, before jsonb, data jsonb, scalars jsonb, words text, created_at timestamptz)
      ), written as (
        update ${records} set version = c.version, data = c.data, scalars = c.scalars, search = to_tsvector('simple', c.words), updated_at = ${now}::timestamptz
        from changed c
        where ${records.tenantId} = ${ctx.tenant.id}::uuid and ${records.id} = c.id and ${oneOf(batch)}
      )
      insert into ${recordHistory} (tenant_id, record_id, version, project_id, collection, change, before, record_created_at, actor_type, actor_id, actor_name, at)
      select ${ctx.tenant.id}::uuid, id, version, ${projectId}::uuid, ${definition.key}::text, 'update', before, created_at,
        ${ctx.actor.type}::text, ${ctx.actor.id}::text, ${ctx.actor.name}::text, ${now}::timestamptz
      from changed`)
  }
}

/**
 * Says to the planner by which rows a table is joined with a batch: without statistics it would read the whole tenant for
 * every batch.
 */
export function oneOf(batch: readonly { id: string }[]): SQL {
  return inArray(
    records.id,
    batch.map((row) => row.id),
  )
}
