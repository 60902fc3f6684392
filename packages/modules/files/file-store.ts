import type { Readable } from 'node:stream'
import type { Context, TransactionContext } from '@guildhall/kernel'

/** Where bytes are kept. Keys are opaque and made by us: `<tenant>/<file id>`. */
export interface Storage {
  /** Writes atomically: after a crash the object is whole or absent. Resolves when the bytes are durable. */
  put(key: string, body: Readable, options: { maxBytes: number; signal?: AbortSignal }): Promise<{ size: number; sha256: string }>
  /** @param range inclusive byte positions */
  get(key: string, range?: { start: number; end: number }): Promise<Readable>
  head(key: string): Promise<{ size: number } | null>
  delete(key: string): Promise<void>
  list(prefix: string): AsyncIterable<{ key: string; size: number }>
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

export interface FileStore {
  /** Stores bytes and their row. Type by content; @throws Problem naming the field when type, size or bucket does not fit. */
  save(ctx: Context, file: { name: string; bucket: string; body: Readable | Uint8Array; mediaType?: string; projectId?: string }): Promise<StoredFile>
  find(ctx: TransactionContext, id: string): Promise<StoredFile | null>
  read(ctx: Context, id: string): Promise<{ file: StoredFile; bytes: Uint8Array }>
  open(ctx: Context, id: string, range?: { start: number; end: number }): Promise<{ file: StoredFile; body: Readable }>
  remove(ctx: Context, id: string): Promise<void>
  registerBucket(bucket: Bucket): void
  /** Relative URL that works without signing in until it expires. */
  signedUrl(ctx: Context, id: string, seconds: number): string
}

declare module '@guildhall/kernel' {
  interface Services {
    files: FileStore
  }
}
