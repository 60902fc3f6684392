import type { Context, TransactionContext } from '@guildhall/kernel'
import type { RunHandle } from '@guildhall/modules/runs'

export interface Locator {
  page?: number
  sheet?: string
  slide?: number
  /** Seconds into a recording. */
  startSeconds?: number
  endSeconds?: number
}

/** A found chunk with what is needed to cite it and to open it at its place. */
export interface FoundPassage {
  /** Chunk id. */
  id: string
  sourceId: string
  baseId: string
  title: string
  headingPath: string[]
  text: string
  locator: Locator
  /** Reciprocal rank fusion score; only comparable within one search. */
  score: number
  matchedBy: ('text' | 'vector')[]
}

export interface Knowledge {
  /** Full-text and, where a provider embeds, vector search, fused. A retrieval step of `run` when given. */
  search(
    ctx: Context,
    request: { query: string; baseIds?: readonly string[]; limit?: number; run?: RunHandle },
  ): Promise<FoundPassage[]>
  /** Those of `ids` that are bases of this tenant. For agents, which name bases by id: they are checked when one is published. */
  existingBases(ctx: Context, ids: readonly string[]): Promise<string[]>
  /** Finds or makes a base by key within a project (blueprints: `training`). */
  ensureBase(ctx: TransactionContext, base: { key: string; title: string; projectId?: string }): Promise<{ id: string }>
  /** Adds a stored file as a source and queues its reading. Same file twice = the same source. */
  addFile(ctx: TransactionContext, source: { baseId: string; fileId: string; title?: string }): Promise<{ id: string }>
  /** Adds text as a source and queues its reading. `key` makes it idempotent. */
  addText(
    ctx: TransactionContext,
    source: { baseId: string; title: string; text: string; key?: string },
  ): Promise<{ id: string }>
  removeSource(ctx: TransactionContext, id: string): Promise<void>
}

declare module '@guildhall/kernel' {
  interface Services {
    knowledge: Knowledge
  }
}
