import { tenantTable } from '@guildhall/kernel'
import {
  customType,
  foreignKey,
  index,
  integer,
  jsonb,
  primaryKey,
  text,
  timestamp,
  unique,
  uuid,
} from 'drizzle-orm/pg-core'
import type { Chunk } from './chunking.ts'
import { documentErrorCodes } from './parsing/document-error.ts'

const at = (name: string) => timestamp(name, { withTimezone: true })
const tsvector = customType<{ data: string }>({ dataType: () => 'tsvector' })
/** float32, little endian, one after the other. */
const float32 = customType<{ data: Buffer }>({ dataType: () => 'bytea' })

export const sourceStates = ['queued', 'reading', 'ready', 'failed'] as const

/** What is being done while a source is `reading`. */
export const readingStages = ['opening', 'reading', 'indexing'] as const

/**
 * Whether the chunks of a source have vectors: `none` = no provider embeds, so the text search stands alone; `failed` =
 * the provider did not answer, a later search tries again.
 */
export const vectorStates = ['pending', 'none', 'ready', 'failed'] as const

/**
 * Why a source failed: what the document reader says, `file_missing` the stored file is gone, `interrupted` the server
 * stopped during each reading, `internal` a mistake of ours.
 */
export const failureCodes = [...documentErrorCodes, 'file_missing', 'interrupted', 'internal'] as const
export type FailureCode = (typeof failureCodes)[number]

/** Sets of sources that are searched together. */
export const knowledgeBases = tenantTable(
  'knowledge_bases',
  {
    id: uuid('id').notNull(),
    /** Name for programs, unique within its project. */
    key: text('key').notNull(),
    title: text('title').notNull(),
    description: text('description').notNull().default(''),
    projectId: uuid('project_id'),
    /** Grows with every change of chunks or vectors, so that processes know when what they hold in memory is old. */
    version: integer('version').notNull().default(0),
    createdAt: at('created_at').notNull(),
    updatedAt: at('updated_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('knowledge_bases_key').on(t.tenantId, t.projectId, t.key).nullsNotDistinct(),
  ],
)

/** One document or text. Its chunks are those of its last complete reading, also while it is read again. */
export const knowledgeSources = tenantTable(
  'knowledge_sources',
  {
    id: uuid('id').notNull(),
    baseId: uuid('base_id').notNull(),
    kind: text('kind', { enum: ['file', 'text'] }).notNull(),
    title: text('title').notNull(),
    /** Makes adding repeatable: `key:<caller's key>`, or `hash:<content hash>`. */
    identity: text('identity').notNull(),
    contentHash: text('content_hash').notNull(),
    fileId: uuid('file_id'),
    fileName: text('file_name'),
    mediaType: text('media_type'),
    /** Bytes. */
    size: integer('size').notNull(),
    /** Text of a source that is no file. */
    text: text('text'),
    state: text('state', { enum: sourceStates }).notNull(),
    stage: text('stage', { enum: readingStages }),
    code: text('code', { enum: failureCodes }),
    reason: text('reason'),
    remedy: text('remedy'),
    /** Readings begun since it was queued by a person or a program. */
    attempts: integer('attempts').notNull().default(0),
    chunkCount: integer('chunk_count').notNull().default(0),
    tokens: integer('tokens').notNull().default(0),
    pages: integer('pages'),
    warnings: jsonb('warnings').$type<string[]>().notNull().default([]),
    vectors: text('vectors', { enum: vectorStates }).notNull().default('pending'),
    vectorModel: text('vector_model'),
    vectorReason: text('vector_reason'),
    createdAt: at('created_at').notNull(),
    queuedAt: at('queued_at').notNull(),
    startedAt: at('started_at'),
    finishedAt: at('finished_at'),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    foreignKey({
      name: 'knowledge_sources_base',
      columns: [t.tenantId, t.baseId],
      foreignColumns: [knowledgeBases.tenantId, knowledgeBases.id],
    }).onDelete('cascade'),
    unique('knowledge_sources_identity').on(t.tenantId, t.baseId, t.identity),
    index('knowledge_sources_created').on(t.tenantId, t.baseId, t.createdAt, t.id),
    index('knowledge_sources_state').on(t.tenantId, t.state),
  ],
)

/** Passages. The id follows from source, content and position: citations survive a repeated reading of the same content. */
export const knowledgeChunks = tenantTable(
  'knowledge_chunks',
  {
    id: uuid('id').notNull(),
    sourceId: uuid('source_id').notNull(),
    baseId: uuid('base_id').notNull(),
    ordinal: integer('ordinal').notNull(),
    text: text('text').notNull(),
    prefixLength: integer('prefix_length').notNull(),
    headingPath: jsonb('heading_path').$type<string[]>().notNull(),
    locator: jsonb('locator').$type<Chunk['locator']>().notNull(),
    marks: jsonb('marks').$type<Chunk['marks']>().notNull(),
    tokens: integer('tokens').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    foreignKey({
      name: 'knowledge_chunks_source',
      columns: [t.tenantId, t.sourceId],
      foreignColumns: [knowledgeSources.tenantId, knowledgeSources.id],
    }).onDelete('cascade'),
    unique('knowledge_chunks_ordinal').on(t.tenantId, t.sourceId, t.ordinal),
    index('knowledge_chunks_base').on(t.tenantId, t.baseId),
  ],
)

/**
 * What chunks are found by: the stems of title, headings and text (search/index-terms.ts). A table of its own because a
 * search looks at many of these rows and at the texts of few, and because rows this small are not moved out of line.
 */
export const chunkTerms = tenantTable(
  'chunk_terms',
  {
    chunkId: uuid('chunk_id').notNull(),
    baseId: uuid('base_id').notNull(),
    terms: tsvector('terms').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.chunkId] }),
    foreignKey({
      name: 'chunk_terms_chunk',
      columns: [t.tenantId, t.chunkId],
      foreignColumns: [knowledgeChunks.tenantId, knowledgeChunks.id],
    }).onDelete('cascade'),
    index('chunk_terms_base').on(t.tenantId, t.baseId),
    index('chunk_terms_terms').using('gin', t.terms),
  ],
)

/** Vectors of chunks, one per embedding model: only vectors of one model can be compared. */
export const chunkEmbeddings = tenantTable(
  'chunk_embeddings',
  {
    chunkId: uuid('chunk_id').notNull(),
    sourceId: uuid('source_id').notNull(),
    baseId: uuid('base_id').notNull(),
    /** `provider/model`. */
    model: text('model').notNull(),
    dims: integer('dims').notNull(),
    /** L2-normalised. */
    vector: float32('vector').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.chunkId, t.model] }),
    foreignKey({
      name: 'chunk_embeddings_chunk',
      columns: [t.tenantId, t.chunkId],
      foreignColumns: [knowledgeChunks.tenantId, knowledgeChunks.id],
    }).onDelete('cascade'),
    index('chunk_embeddings_base').on(t.tenantId, t.baseId, t.model),
    index('chunk_embeddings_source').on(t.tenantId, t.sourceId),
  ],
)
