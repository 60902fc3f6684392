import type { TransactionContext } from '@guildhall/kernel'
import type { CollectionDefinition } from '@guildhall/modules/projects'
import type { ImportReport, ImportRequest } from './import-report.ts'

export type RecordData = Record<string, unknown>

export interface StoredRecord<T extends RecordData = RecordData> {
  id: string
  projectId: string
  collection: string
  /** Rises by one with each change; send it back to detect a lost update. */
  version: number
  data: T
  createdAt: Date
  updatedAt: Date
}

/** One record, by where it is. */
export interface RecordAddress {
  projectId: string
  collection: string
  id: string
}

export interface RecordFilter {
  eq?: unknown
  in?: unknown[]
  gte?: unknown
  lte?: unknown
  contains?: string
}

/** Conditions on top-level members, all of which hold: `{ status: { eq: 'won' } }`. `eq: null` finds records without the member. */
export type RecordConditions = Record<string, RecordFilter>

export interface RecordQuery {
  projectId: string
  collection: string
  where?: RecordConditions
  /** Words that the searched members hold; the last one may be unfinished. */
  q?: string
  /** Member of the data, or `createdAt`/`updatedAt`; `-` before it for descending. Records without the member come last. */
  sort?: string
  limit?: number
  cursor?: string
  /** Only these members of the data are read; for lists of large records. */
  members?: readonly string[]
}

export type RecordChange = 'create' | 'update' | 'remove' | 'restore'

export interface RecordVersion {
  version: number
  change: RecordChange
  /** The data of this version; null for a removal. */
  data: RecordData | null
  actor: { type: string; id: string; name: string }
  at: Date
}

export interface RemovedQuery {
  projectId: string
  collection: string
  /** Part of the title. */
  q?: string
  limit?: number
  cursor?: string
}

/** A record that was removed and not restored. */
export interface RemovedRecord {
  id: string
  /** When it was removed; its id when it had none. */
  title: string
  /** Version of the removal. */
  version: number
  removedAt: Date
  removedBy: { type: string; id: string; name: string }
}

export interface AggregateRequest {
  projectId: string
  collection: string
  /** Member to group by; without it there is one group. Members that are lists count once per element. */
  groupBy?: string
  /** For members that are dates, and for `createdAt` and `updatedAt`. Weeks start on Monday. */
  bucket?: 'day' | 'week' | 'month'
  measure: { function: 'count' | 'sum' | 'avg' | 'min' | 'max'; member?: string }
  /** One series per value of this member. */
  splitBy?: string
  where?: RecordConditions
  q?: string
  /** IANA name of the time zone in which days begin; default `UTC`. */
  timeZone?: string
}

export interface AggregateGroup {
  /** Value of `groupBy`; the first day of a bucket as `YYYY-MM-DD`; null for records without the member. */
  key: string | number | boolean | null
  series: string | number | boolean | null
  /** Null when no record of the group has the measured member. */
  value: number | null
  /** Records in the group. */
  count: number
}

/** A record that does not fit a definition, and why. */
export interface Misfit {
  id: string
  title: string
  errors: { field: string; message: string }[]
}

/** Records of a project's collections: validated by the collection's JSON Schema, with history and full-text search. */
export interface RecordStore {
  /** @throws Problem 400 with the member's path when the data does not fit the collection's schema. */
  create<T extends RecordData>(
    ctx: TransactionContext,
    record: { projectId: string; collection: string; data: T; id?: string },
  ): Promise<StoredRecord<T>>
  /**
   * Many at once, validated, for imports and sample data (batched inserts). Rows whose id is there already are left alone,
   * so an interrupted call with ids may be repeated.
   * @returns how many were new.
   */
  createMany<T extends RecordData>(
    ctx: TransactionContext,
    records: { projectId: string; collection: string; rows: { id?: string; data: T; createdAt?: Date }[] },
  ): Promise<number>
  get<T extends RecordData>(ctx: TransactionContext, record: RecordAddress): Promise<StoredRecord<T> | null>
  list<T extends RecordData>(
    ctx: TransactionContext,
    query: RecordQuery,
  ): Promise<{ items: StoredRecord<T>[]; nextCursor: string | null; total: number | null }>
  /**
   * Merges `data` over the stored one; null takes a member away unless its schema allows null. Without a difference
   * nothing is written. @throws Problem 409 when `version` is not the stored one.
   */
  update<T extends RecordData>(
    ctx: TransactionContext,
    record: RecordAddress & { data: Partial<T>; version?: number },
  ): Promise<StoredRecord<T>>
  /** The record stays in the history and can be restored. @throws Problem 404, 409 when `version` is not the stored one. */
  remove(ctx: TransactionContext, record: RecordAddress & { version?: number }): Promise<void>
  /** Undoes a removal. @throws Problem 404 when there is nothing to restore, 409 when the record is there. */
  restore<T extends RecordData>(ctx: TransactionContext, record: RecordAddress): Promise<StoredRecord<T>>
  /** What can be restored, last removed first. */
  removed(
    ctx: TransactionContext,
    query: RemovedQuery,
  ): Promise<{ items: RemovedRecord[]; nextCursor: string | null; total: number | null }>
  /** All versions, newest first; also of a removed record. @throws Problem 404 */
  history(ctx: TransactionContext, record: RecordAddress): Promise<RecordVersion[]>
  /** Numbers for charts, sorted by key. @throws Problem 400 above 2,000 groups. */
  aggregate(ctx: TransactionContext, request: AggregateRequest): Promise<AggregateGroup[]>
  /** Reads CSV or JSON into a collection; all rows or none. @throws Problem 400 naming the rows that do not fit. */
  import(ctx: TransactionContext, request: ImportRequest): Promise<ImportReport>
  /** Records that would not fit `definition`: how many, and the first `limit` of them with the reasons. */
  misfits(
    ctx: TransactionContext,
    request: { projectId: string; definition: CollectionDefinition; limit: number },
  ): Promise<{ count: number; items: Misfit[] }>
  /** Queues the filling of the indexes, after members of a collection or their types have changed. */
  scheduleReindex(ctx: TransactionContext, request: { projectId: string; collection: string }): void
  /** @returns how many records were indexed. */
  reindex(ctx: TransactionContext, request: { projectId: string; collection: string }): Promise<number>
  /** @throws Error when the schema of a collection is not valid JSON Schema: a mistake of its author. */
  checkDefinition(definition: CollectionDefinition): void
  /** Erases all records of a project, their history included. */
  eraseProject(ctx: TransactionContext, projectId: string): Promise<void>
}

declare module '@guildhall/kernel' {
  interface Services {
    records: RecordStore
  }
}
