import type { Readable } from 'node:stream'
import type { Context, TransactionContext } from '@guildhall/kernel'

/** Where bytes are kept. Keys are opaque and made by us: `<tenant>/<file id>`. */
export interface Storage {
  /**
   * Writes atomically: after a crash the object is whole or absent. Resolves when the bytes are durable.
   * @throws Problem 413 above `maxBytes`, 507 when the disk is full, 400 when the body breaks off; nothing stays behind.
   */
  put(
    key: string,
    body: Readable,
    options: { maxBytes: number; signal?: AbortSignal },
  ): Promise<{ size: number; sha256: string }>
  /**
   * @param range inclusive byte positions
   * @throws Problem 410 when there are no bytes under this key.
   */
  get(key: string, range?: { start: number; end: number }): Promise<Readable>
  head(key: string): Promise<{ size: number } | null>
  /** Deleting what is not there is no error. */
  delete(key: string): Promise<void>
  list(prefix: string): AsyncIterable<{ key: string; size: number; modifiedAt: Date }>
  /** Removes what interrupted writes of processes that are gone left behind; returns how many. */
  sweep(): Promise<number>
  /** Bytes that can still be written; null where there is no limit to ask for. */
  freeBytes(): Promise<number | null>
}

export interface StoredFile {
  id: string
  name: string
  bucket: string
  mediaType: string
  size: number
  sha256: string
  projectId: string | null
  createdAt: Date
}

/** A bucket is a policy, not a folder: what may be stored and how large. Blueprints add theirs. */
export interface Bucket {
  name: string
  title: string
  /** Media types by content, `audio/*` allowed. Empty = any type that is not executable. */
  accept: readonly string[]
  maxBytes?: number
}

/** The query of a signed link. */
export interface SignedLink {
  tenant: string
  /** Unix time in seconds. */
  expires: string
  signature: string
}

export interface FileStore {
  /** Stores bytes and their row. Type by content; @throws Problem naming the field when type, size or bucket does not fit. */
  save(ctx: Context, file: NewFile, recorded?: Recorded): Promise<StoredFile>
  find(ctx: TransactionContext, id: string): Promise<StoredFile | null>
  /** @throws Problem 404 */
  read(ctx: Context, id: string): Promise<{ file: StoredFile; bytes: Uint8Array }>
  /** @param range inclusive byte positions. @throws Problem 404 */
  open(ctx: Context, id: string, range?: { start: number; end: number }): Promise<{ file: StoredFile; body: Readable }>
  /** Hides the file at once; its bytes are erased by a job. @throws Problem 404 */
  remove(ctx: Context, id: string): Promise<void>
  /** Erases the bytes and the row of a removed file. Repeatable. */
  erase(ctx: Context, id: string): Promise<void>
  /** Removes the files of a project. @returns how many. */
  removeProject(ctx: TransactionContext, projectId: string): Promise<number>
  /** @throws Error when a bucket of this name with another policy is there: a mistake of the composition. */
  registerBucket(bucket: Bucket): void
  /** @throws Problem 400 naming `bucket` when there is none of this name. */
  bucket(name: string): Bucket & { maxBytes: number }
  /** Relative URL that works without signing in until it expires. */
  signedUrl(ctx: Context, id: string, seconds: number): string
  /** A context that may read this one tenant's files, for the bearer of a signed link. @throws Problem 403 */
  contextOfLink(ctx: Context, id: string, link: SignedLink): Promise<Context>
}

/** Runs in the transaction that writes the row, so that what refers to a file stands or falls with it. */
export type Recorded = (ctx: TransactionContext, file: StoredFile) => Promise<void>

export interface NewFile {
  name: string
  bucket: string
  body: Readable | Uint8Array
  /** What the sender says it is; decides only between types whose content looks the same. */
  mediaType?: string
  projectId?: string
}

declare module '@guildhall/kernel' {
  interface Services {
    files: FileStore
  }
}
