import { tenantTable } from '@guildhall/kernel'
import {
  customType,
  doublePrecision,
  index,
  integer,
  jsonb,
  primaryKey,
  text,
  timestamp,
  unique,
  uuid,
} from 'drizzle-orm/pg-core'
import { providerKinds, type ConnectionSettings } from './kinds.ts'

const at = (name: string) => timestamp(name, { withTimezone: true })

/** A provider that a tenant has a key for. A client without one of its own uses its agency's. */
export const providerConnections = tenantTable(
  'provider_connections',
  {
    /** The kind's name, or a name of its own where several of a kind are allowed. First part of `provider/model`. */
    slug: text('slug').notNull(),
    kind: text('kind', { enum: providerKinds }).notNull(),
    label: text('label').notNull(),
    /** Null = the provider's public address. */
    baseUrl: text('base_url'),
    /** What the kind needs beside key and address. */
    settings: jsonb('settings').$type<ConnectionSettings>().notNull().default({}),
    /** Sealed under the data key of the tenant that owns the row; null where the server asks for none. */
    sealedKey: text('sealed_key'),
    last4: text('last4'),
    /** Offered models, the preferred one first; empty = the kind's own list. */
    models: text('models').array().notNull().default([]),
    createdAt: at('created_at').notNull().defaultNow(),
    updatedAt: at('updated_at').notNull().defaultNow(),
    lastOkAt: at('last_ok_at'),
    lastError: text('last_error'),
    lastErrorAt: at('last_error_at'),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.slug] })],
)

export interface ChainTarget {
  /** Slug of a connection. */
  provider: string
  model: string
}

/** In which order a tenant's models are asked. Without a row the agency's applies, without that the default order. */
export const providerChains = tenantTable(
  'provider_chains',
  {
    targets: jsonb('targets').$type<ChainTarget[]>().notNull(),
    updatedAt: at('updated_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.tenantId] })],
)

/** A tenant's own earlier answers, given again (and marked) when no provider answers. */
export const cachedAnswers = tenantTable(
  'cached_answers',
  {
    /** SHA-256 of everything that was asked: model, prompt, tools and all parameters. */
    requestHash: text('request_hash').notNull(),
    /** Sealed under the tenant's data key. */
    response: text('response').notNull(),
    provider: text('provider').notNull(),
    model: text('model').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
    expiresAt: at('expires_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.requestHash] }),
    index('cached_answers_expiry').on(t.tenantId, t.expiresAt),
  ],
)

export interface RouteTarget extends ChainTarget {
  /** Targets of a lower rank are asked first. */
  rank: number
  /** Share of the calls among targets of one rank; 0 = only when the others fail. */
  weight: number
}

export interface RouteRules {
  /** After the first token: end with an error in the caller's dialect, or begin again with the next target, marked. */
  afterFirstToken: 'stop' | 'restart'
  /** Attempts at one target. */
  attempts: number
  /** Milliseconds; null = the installation's. */
  connectMs: number | null
  firstTokenMs: number | null
  idleMs: number | null
  totalMs: number | null
  /** Asks a second target when the first is slower than the route's usual worst (95th percentile). */
  hedge: boolean
  /** Seconds that an exact answer is given again; null = never. */
  cacheSeconds: number | null
  /** Least similarity (cosine) at which the answer to a like question is given; null = never. */
  similarity: number | null
  /** When nobody answers: the tenant's own earlier answer; quotations. */
  lastResort: { cached: boolean; extractive: boolean }
  /** Whether prompts and answers are kept in the journal. */
  payloads: boolean
}

/** A name for models (`fast`, `best`, `coach`). The project's come before the client's, the client's before the agency's. */
export const providerRoutes = tenantTable(
  'provider_routes',
  {
    id: uuid('id').primaryKey(),
    alias: text('alias').notNull(),
    projectId: uuid('project_id'),
    title: text('title').notNull().default(''),
    targets: jsonb('targets').$type<RouteTarget[]>().notNull(),
    rules: jsonb('rules').$type<RouteRules>().notNull(),
    version: integer('version').notNull().default(1),
    createdAt: at('created_at').notNull().defaultNow(),
    updatedAt: at('updated_at').notNull().defaultNow(),
    updatedBy: text('updated_by').notNull(),
  },
  (t) => [unique('provider_routes_alias').on(t.tenantId, t.projectId, t.alias).nullsNotDistinct()],
)

/** Who is not asked for a while, known to all processes; a row of the tenant whose key it is. Extended, never shortened. */
export const providerCooldowns = tenantTable(
  'provider_cooldowns',
  {
    /** `<connection>` or `<connection>|<model>`. */
    circuit: text('circuit').notNull(),
    openUntil: at('open_until').notNull(),
    cooldownMs: integer('cooldown_ms').notNull(),
    failures: integer('failures').notNull().default(0),
    reason: text('reason').notNull(),
    /** One caller of all processes is trying it again, and has until then. */
    probeUntil: at('probe_until'),
    updatedAt: at('updated_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.circuit] })],
)

const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' })

/** Answers that are given again for the same (or a like) request while they last: cheaper and faster, not a last resort. */
export const callCache = tenantTable(
  'call_cache',
  {
    /** SHA-256 of route, system, tools, messages and parameters. */
    requestHash: text('request_hash').notNull(),
    route: text('route').notNull(),
    /** Sealed: content parts, finish reason, usage. */
    response: text('response').notNull(),
    provider: text('provider').notNull(),
    model: text('model').notNull(),
    /** USD micro-units that the answer has cost; null = unknown. */
    costMicros: doublePrecision('cost_micros'),
    /** Of the question, as 32-bit floats of length 1; null = exact only. */
    embedding: bytes('embedding'),
    embeddingModel: text('embedding_model'),
    /** SHA-256 of everything but the last question: like questions are compared only where this is the same. */
    contextHash: text('context_hash'),
    hits: integer('hits').notNull().default(0),
    createdAt: at('created_at').notNull().defaultNow(),
    expiresAt: at('expires_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.requestHash] }),
    index('call_cache_expiry').on(t.tenantId, t.expiresAt),
    index('call_cache_context').on(t.tenantId, t.route, t.contextHash),
  ],
)
