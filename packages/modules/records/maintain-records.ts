import type { TransactionContext } from '@guildhall/kernel'
import type { CollectionDefinition } from '@guildhall/modules/projects'
import { and, asc, eq, gt, sql } from 'drizzle-orm'
import { ofCollection, recordColumns } from './list-records.ts'
import type { Misfit, StoredRecord } from './record-store.ts'
import { scalarsOf } from './scalars.ts'
import { recordCollections, records } from './schema.ts'
import { searchTextOf } from './search-words.ts'
import { checkRecord } from './validate-record.ts'
import { oneOf } from './record-batches.ts'

const batchRows = 1000

/** All records of a collection in batches, in the order of their ids. */
async function* inBatches(
  ctx: TransactionContext,
  of: { projectId: string; collection: string },
): AsyncGenerator<StoredRecord[]> {
  let after: string | undefined
  for (;;) {
    const batch = await ctx.db
      .select(recordColumns())
      .from(records)
      .where(and(ofCollection(ctx, of), after === undefined ? undefined : gt(records.id, after)))
      .orderBy(asc(records.id))
      .limit(batchRows)
    if (batch.length > 0) yield batch
    if (batch.length < batchRows) return
    after = batch.at(-1)?.id
  }
}

export async function findMisfits(
  ctx: TransactionContext,
  { projectId, definition, limit }: { projectId: string; definition: CollectionDefinition; limit: number },
): Promise<{ count: number; items: Misfit[] }> {
  let count = 0
  const items: Misfit[] = []
  for await (const batch of inBatches(ctx, { projectId, collection: definition.key })) {
    for (const record of batch) {
      const checked = checkRecord(definition, record.data, 'data')
      if (checked.ok) continue
      count++
      const title: unknown = record.data[definition.titleMember]
      if (items.length < limit)
        items.push({ id: record.id, title: typeof title === 'string' ? title : record.id, errors: checked.errors })
    }
  }
  return { count, items }
}

export async function reindexRecords(
  ctx: TransactionContext,
  definition: CollectionDefinition,
  projectId: string,
): Promise<number> {
  let count = 0
  for await (const batch of inBatches(ctx, { projectId, collection: definition.key })) {
    const indexed = batch.map((record) => ({
      id: record.id,
      scalars: scalarsOf(definition, record.data),
      words: searchTextOf(definition, record.data),
    }))
    await ctx.db.execute(sql`
      update ${records} set scalars = r.scalars, search = to_tsvector('simple', r.words)
      from json_to_recordset(${JSON.stringify(indexed)}::json) as r(id uuid, scalars jsonb, words text)
      where ${records.tenantId} = ${ctx.tenant.id}::uuid and ${records.id} = r.id and ${oneOf(indexed)}`)
    count += batch.length
  }
  return count
}

export async function eraseProjectRecords(ctx: TransactionContext, projectId: string): Promise<void> {
  await ctx.db.delete(records).where(and(eq(records.tenantId, ctx.tenant.id), eq(records.projectId, projectId)))
  await ctx.db
    .delete(recordCollections)
    .where(and(eq(recordCollections.tenantId, ctx.tenant.id), eq(recordCollections.projectId, projectId)))
}
