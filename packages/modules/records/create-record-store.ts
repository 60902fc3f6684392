import { isId, newId, notFound, type TransactionContext } from '@guildhall/kernel'
import type { CollectionDefinition } from '@guildhall/modules/projects'
import { aggregateRecords } from './aggregate-records.ts'
import { importRecords } from './import-records.ts'
import { reindexCollection } from './jobs/reindex-collection.ts'
import { listRecords, recordColumns } from './list-records.ts'
import { listRemoved } from './list-removed.ts'
import { eraseProjectRecords, findMisfits, reindexRecords } from './maintain-records.ts'
import { insertRecords } from './record-batches.ts'
import { readHistory } from './record-history.ts'
import type { RecordData, RecordStore, StoredRecord } from './record-store.ts'
import { records } from './schema.ts'
import { compileSchema } from './validate-record.ts'
import { createRecord, recordAt, removeRecord, restoreRecord, updateRecord, validRows } from './write-records.ts'

/** The port over the records table; each call asks the project for the collection's definition in force. */
export function createRecordStore(): RecordStore {
  return {
    create: async (ctx, record) => typed(await createRecord(ctx, await definitionOf(ctx, record), record)),
    async createMany(ctx, { rows, ...of }) {
      const definition = await definitionOf(ctx, of)
      const now = ctx.now()
      const valid = validRows(definition, rows)
      const additions = rows.map((row, index) => ({
        id: row.id ?? newId(),
        isGivenId: row.id !== undefined,
        data: valid[index] ?? row.data,
        createdAt: row.createdAt ?? now,
      }))
      const inserted = await insertRecords(ctx, definition, of.projectId, additions)
      return inserted.length
    },
    async get(ctx, target) {
      await definitionOf(ctx, target)
      if (!isId(target.id)) return null
      const [record] = await ctx.db.select(recordColumns()).from(records).where(recordAt(ctx, target))
      return record ? typed(record) : null
    },
    async list(ctx, query) {
      const page = await listRecords(ctx, await definitionOf(ctx, query), query)
      return { ...page, items: page.items.map((record) => typed(record)) }
    },
    update: async (ctx, change) => typed(await updateRecord(ctx, await definitionOf(ctx, change), change)),
    async remove(ctx, target) {
      await definitionOf(ctx, target)
      await removeRecord(ctx, target)
    },
    async restore(ctx, target) {
      const definition = await definitionOf(ctx, target)
      if (!isId(target.id)) throw notFound('record', target.id)
      return typed(await restoreRecord(ctx, definition, target))
    },
    removed: async (ctx, query) => listRemoved(ctx, await definitionOf(ctx, query), query),
    async history(ctx, target) {
      await definitionOf(ctx, target)
      return readHistory(ctx, target)
    },
    aggregate: async (ctx, request) => aggregateRecords(ctx, await definitionOf(ctx, request), request),
    import: async (ctx, request) => importRecords(ctx, await definitionOf(ctx, request), request),
    misfits: findMisfits,
    reindex: async (ctx, of) => reindexRecords(ctx, await definitionOf(ctx, of), of.projectId),
    scheduleReindex: (ctx, { projectId, collection }) =>
      ctx.enqueue(reindexCollection, { projectId, collection }, { key: `${projectId}/${collection}` }),
    checkDefinition: ({ schema }) => compileSchema(schema),
    eraseProject: eraseProjectRecords,
  }
}

/** @throws Problem 404 */
async function definitionOf(
  ctx: TransactionContext,
  { projectId, collection }: { projectId: string; collection: string },
): Promise<CollectionDefinition> {
  if (!isId(projectId)) throw notFound('project', projectId)
  return ctx.services.collections.collection(ctx, projectId, collection)
}

/** The caller names the type that it gave the collection; its JSON Schema has checked the data, which no type can follow. */
function typed<T extends RecordData>(record: StoredRecord): StoredRecord<T> {
  return record as StoredRecord<T>
}
