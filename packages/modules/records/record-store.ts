import type { TransactionContext } from '@guildhall/kernel'

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

export interface RecordQuery {
  projectId: string
  collection: string
  /** Conditions on top-level members: `{ status: { eq: 'won' } }`. */
  where?: Record<string, { eq?: unknown; in?: unknown[]; gte?: unknown; lte?: unknown; contains?: string }>
  q?: string
  /** Member of the data, or `createdAt`/`updatedAt`; `-` before it for descending. */
  sort?: string
  limit?: number
  cursor?: string
}

/** Records of a project's collections: validated by the collection's JSON Schema, with history and full-text search. */
export interface RecordStore {
  /** @throws Problem 400 with the member's path when the data does not fit the collection's schema. */
  create<T extends RecordData>(ctx: TransactionContext, record: { projectId: string; collection: string; data: T; id?: string }): Promise<StoredRecord<T>>
  /** Many at once, validated, for imports and sample data (batched inserts). */
  createMany<T extends RecordData>(ctx: TransactionContext, records: { projectId: string; collection: string; rows: { id?: string; data: T; createdAt?: Date }[] }): Promise<number>
  get<T extends RecordData>(ctx: TransactionContext, record: { projectId: string; collection: string; id: string }): Promise<StoredRecord<T> | null>
  list<T extends RecordData>(ctx: TransactionContext, query: RecordQuery): Promise<{ items: StoredRecord<T>[]; nextCursor: string | null; total: number | null }>
  /** Merges `data` over the stored one. @throws Problem 409 when `version` is not the stored one. */
  update<T extends RecordData>(ctx: TransactionContext, record: { projectId: string; collection: string; id: string; data: Partial<T>; version?: number }): Promise<StoredRecord<T>>
  remove(ctx: TransactionContext, record: { projectId: string; collection: string; id: string }): Promise<void>
}

declare module '@guildhall/kernel' {
  interface Services {
    records: RecordStore
  }
}
