import { isDeepStrictEqual } from 'node:util'
import {
  conflict,
  invalidInput,
  isId,
  newId,
  notFound,
  type FieldProblem,
  type TransactionContext,
} from '@guildhall/kernel'
import type { CollectionDefinition } from '@guildhall/modules/projects'
import { and, desc, eq, sql } from 'drizzle-orm'
import { recordColumns } from './list-records.ts'
import { insertRecords, replaceRecords } from './record-batches.ts'
import type { RecordAddress, RecordChange, RecordData, StoredRecord } from './record-store.ts'
import { scalarsOf } from './scalars.ts'
import { recordHistory, records } from './schema.ts'
import { searchTextOf } from './search-words.ts'
import { checkRecord } from './validate-record.ts'

/** @throws Problem 400 with the path of each wrong member. */
function validData(definition: CollectionDefinition, data: RecordData): RecordData {
  const checked = checkRecord(definition, data, 'data')
  if (!checked.ok) throw invalidInput(checked.errors)
  return checked.data
}

/** @throws Problem 400 with at most 20 errors, `rows.3.name`. */
export function validRows(definition: CollectionDefinition, rows: readonly { data: RecordData }[]): RecordData[] {
  const errors: FieldProblem[] = []
  const valid: RecordData[] = []
  for (const [index, row] of rows.entries()) {
    const checked = checkRecord(definition, row.data, `rows.${String(index)}`)
    if (checked.ok) valid.push(checked.data)
    else errors.push(...checked.errors)
    if (errors.length >= 20) break
  }
  if (errors.length > 0) throw invalidInput(errors.slice(0, 20))
  return valid
}

export async function createRecord(
  ctx: TransactionContext,
  definition: CollectionDefinition,
  record: { projectId: string; data: RecordData; id?: string },
): Promise<StoredRecord> {
  const { projectId } = record
  const id = record.id ?? newId()
  if (!isId(id)) throw invalidInput([{ field: 'id', message: 'must be a UUID' }])
  const createdAt = ctx.now()
  const data = validData(definition, record.data)
  const inserted = await insertRecords(ctx, definition, projectId, [
    { id, isGivenId: record.id !== undefined, data, createdAt },
  ])
  if (inserted.length === 0) throw conflict(`There is a record ${id} already.`, [{ field: 'id', message: 'is taken' }])
  ctx.emit('record.created', { projectId, collection: definition.key, recordId: id })
  return { id, projectId, collection: definition.key, version: 1, data, createdAt, updatedAt: createdAt }
}

export async function updateRecord(
  ctx: TransactionContext,
  definition: CollectionDefinition,
  change: RecordAddress & { data: RecordData; version?: number },
): Promise<StoredRecord> {
  const stored = await lockRecord(ctx, change)
  const data = validData(definition, { ...stored.data, ...change.data })
  if (isDeepStrictEqual(data, stored.data)) return stored
  const version = stored.version + 1
  const updatedAt = ctx.now()
  await replaceRecords(
    ctx,
    definition,
    change.projectId,
    [{ ...stored, version, before: stored.data, data }],
    updatedAt,
  )
  ctx.emit('record.updated', {
    projectId: change.projectId,
    collection: change.collection,
    recordId: change.id,
    version,
  })
  return { ...stored, version, data, updatedAt }
}

export async function removeRecord(
  ctx: TransactionContext,
  target: RecordAddress & { version?: number },
): Promise<void> {
  const stored = await lockRecord(ctx, target)
  await ctx.db.delete(records).where(and(eq(records.tenantId, ctx.tenant.id), eq(records.id, target.id)))
  await writeHistory(ctx, target, 'remove', {
    version: stored.version + 1,
    before: stored.data,
    createdAt: stored.createdAt,
  })
  ctx.emit('record.removed', { projectId: target.projectId, collection: target.collection, recordId: target.id })
}

/** Brings a removed record back as it was, also when the schema has become stricter since: nothing is lost. */
export async function restoreRecord(
  ctx: TransactionContext,
  definition: CollectionDefinition,
  target: RecordAddress,
): Promise<StoredRecord> {
  const [last] = await ctx.db
    .select()
    .from(recordHistory)
    .where(historyOf(ctx, target))
    .orderBy(desc(recordHistory.version))
    .limit(1)
  if (!last) throw notFound('record', target.id)
  if (last.change !== 'remove' || last.before === null) throw conflict('This record has not been removed.')
  const version = last.version + 1
  const updatedAt = ctx.now()
  const data = last.before
  const scalars = scalarsOf(definition, data)
  const search = sql`to_tsvector('simple', ${searchTextOf(definition, data)})`
  const createdAt = last.recordCreatedAt
  await ctx.db
    .insert(records)
    .values({ ...target, tenantId: ctx.tenant.id, version, data, scalars, search, createdAt, updatedAt })
  await writeHistory(ctx, target, 'restore', { version, before: null, createdAt })
  ctx.emit('record.restored', {
    projectId: target.projectId,
    collection: target.collection,
    recordId: target.id,
    version,
  })
  const { projectId, collection, id } = target
  return { id, projectId, collection, version, data, createdAt, updatedAt }
}

/** @throws Problem 404; 409 when another version is stored than the caller has seen. */
async function lockRecord(
  ctx: TransactionContext,
  target: RecordAddress & { version?: number },
): Promise<StoredRecord> {
  if (!isId(target.id)) throw notFound('record', target.id)
  const [stored] = await ctx.db.select(recordColumns()).from(records).where(recordAt(ctx, target)).for('update')
  if (!stored) throw notFound('record', target.id)
  if (target.version !== undefined && target.version !== stored.version)
    throw conflict(
      `This record was changed in the meantime: version ${String(stored.version)} is stored, the change is based on ${String(target.version)}. Read it again and repeat the change.`,
      [{ field: 'version', message: `is ${String(stored.version)} by now` }],
    )
  return stored
}

export function recordAt(ctx: TransactionContext, { projectId, collection, id }: RecordAddress) {
  return and(
    eq(records.tenantId, ctx.tenant.id),
    eq(records.projectId, projectId),
    eq(records.collection, collection),
    eq(records.id, id),
  )
}

export function historyOf(ctx: TransactionContext, { projectId, collection, id }: RecordAddress) {
  return and(
    eq(recordHistory.tenantId, ctx.tenant.id),
    eq(recordHistory.recordId, id),
    eq(recordHistory.projectId, projectId),
    eq(recordHistory.collection, collection),
  )
}

async function writeHistory(
  ctx: TransactionContext,
  { projectId, collection, id }: RecordAddress,
  change: RecordChange,
  row: { version: number; before: RecordData | null; createdAt: Date },
): Promise<void> {
  await ctx.db.insert(recordHistory).values({
    tenantId: ctx.tenant.id,
    recordId: id,
    version: row.version,
    projectId,
    collection,
    change,
    before: row.before,
    recordCreatedAt: row.createdAt,
    actorType: ctx.actor.type,
    actorId: ctx.actor.id,
    actorName: ctx.actor.name,
    at: ctx.now(),
  })
}
