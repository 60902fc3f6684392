import type { Context, TransactionContext } from '@guildhall/kernel'
import type { RunHandle } from '@guildhall/modules/runs'
import { locateInChunk, type Mark } from './chunking.ts'

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
  /** Of the first character of `text`. */
  locator: Locator
  /** Where the place changes within `text`; `locateInPassage` reads it. Absent = all of it stands at `locator`. */
  marks?: Mark[]
  /** Reciprocal rank fusion score; only comparable within one search. */
  score: number
  matchedBy: ('text' | 'vector')[]
}

export interface KnowledgeQuery {
  query: string
  /** Absent = every base of the tenant. Ids that are not there find nothing. */
  baseIds?: readonly string[] | undefined
  /** Passages, at most; default 8. */
  limit?: number | undefined
  run?: RunHandle | undefined
}

export interface KnowledgeResult {
  passages: FoundPassage[]
  /** `text` = by words alone, because of `reason`; `hybrid` = by words and by meaning. */
  mode: 'text' | 'hybrid'
  reason: string | null
}

export interface Knowledge {
  /** Full-text and, where a provider embeds, vector search, fused. A retrieval step of `run` when given. */
  search(ctx: Context, request: KnowledgeQuery): Promise<FoundPassage[]>
  /** The same, told how it was searched. */
  searchWithMode(ctx: Context, request: KnowledgeQuery): Promise<KnowledgeResult>
  /** Those of `ids` that are bases of this tenant. For agents, which name bases by id: they are checked when one is published. */
  existingBases(ctx: Context, ids: readonly string[]): Promise<string[]>
  /** Finds or makes a base by key within a project (blueprints: `training`). */
  ensureBase(ctx: TransactionContext, base: { key: string; title: string; projectId?: string }): Promise<{ id: string }>
  /** Adds a stored file as a source and queues its reading. Same content twice = the same source. @throws Problem naming `fileId` or `baseId` */
  addFile(ctx: TransactionContext, source: { baseId: string; fileId: string; title?: string }): Promise<{ id: string }>
  /** Adds text as a source and queues its reading. Same `key` again = the same source, read again when its text is another. */
  addText(
    ctx: TransactionContext,
    source: { baseId: string; title: string; text: string; key?: string },
  ): Promise<{ id: string }>
  /** Removes a source with all of its passages. @throws Problem 404 */
  removeSource(ctx: TransactionContext, id: string): Promise<void>
  /** Removes the bases of a project with everything in them. @returns how many */
  removeProjectBases(ctx: TransactionContext, projectId: string): Promise<number>
}

/** The place of a character of a passage, so that a citation names the page or second of the quoted sentence. */
export function locateInPassage(passage: Pick<FoundPassage, 'locator' | 'marks'>, offset: number): Locator {
  if (!passage.marks || passage.marks.length === 0) return passage.locator
  const { offset: _offset, speaker: _speaker, ...place } = locateInChunk({ marks: passage.marks }, offset)
  return place
}

declare module '@guildhall/kernel' {
  interface Services {
    knowledge: Knowledge
  }
}
