import { tenantTable } from '@guildhall/kernel'
import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
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

const at = (name: string) => timestamp(name, { withTimezone: true })
const outcomes = ['running', 'ok', 'failed', 'cancelled', 'interrupted'] as const

/** What was asked, by whom, of which agent version, and what came of it. The sums are those of its attempts, written at the end. */
export const runs = tenantTable(
  'runs',
  {
    id: uuid('id').primaryKey(),
    kind: text('kind').notNull(),
    title: text('title').notNull(),
    status: text('status', { enum: outcomes }).notNull().default('running'),
    agentId: uuid('agent_id'),
    agentName: text('agent_name'),
    agentVersion: integer('agent_version'),
    projectId: uuid('project_id'),
    chatId: uuid('chat_id'),
    actorType: text('actor_type').notNull(),
    actorId: text('actor_id').notNull(),
    actorName: text('actor_name').notNull(),
    requestId: text('request_id').notNull(),
    inputHash: text('input_hash'),
    outputHash: text('output_hash'),
    error: text('error'),
    startedAt: at('started_at').notNull(),
    endedAt: at('ended_at'),
    ms: integer('ms').notNull().default(0),
    tokensIn: integer('tokens_in').notNull().default(0),
    tokensOut: integer('tokens_out').notNull().default(0),
    tokensCached: integer('tokens_cached').notNull().default(0),
    /** USD micro-units of the attempts whose price is known. */
    costMicros: bigint('cost_micros', { mode: 'number' }).notNull().default(0),
    costComplete: boolean('cost_complete').notNull().default(true),
    provider: text('provider'),
    model: text('model'),
    attempts: integer('attempts').notNull().default(0),
    fallbackReason: text('fallback_reason'),
    /** The process that works on it, and until when it is believed to live; renewed while the run is open. */
    processId: text('process_id').notNull(),
    leaseUntil: at('lease_until'),
  },
  (t) => [
    unique('runs_tenant_id').on(t.tenantId, t.id),
    index('runs_tenant_started').on(t.tenantId, t.startedAt),
    // Only where there is one: most calls of the gateway have none, and an index less is to be kept for them.
    index('runs_tenant_project')
      .on(t.tenantId, t.projectId, t.startedAt)
      .where(sql`project_id is not null`),
    index('runs_tenant_agent')
      .on(t.tenantId, t.agentId, t.startedAt)
      .where(sql`agent_id is not null`),
    index('runs_tenant_chat')
      .on(t.tenantId, t.chatId)
      .where(sql`chat_id is not null`),
    index('runs_open')
      .on(t.tenantId, t.leaseUntil)
      .where(sql`status = 'running'`),
  ],
)

/** One thing a run did: a model call, a tool, a retrieval, an engine, an approval. */
export const runSteps = tenantTable(
  'run_steps',
  {
    id: uuid('id').primaryKey(),
    runId: uuid('run_id').notNull(),
    position: integer('position').notNull(),
    kind: text('kind', { enum: ['model', 'tool', 'retrieval', 'engine', 'approval', 'message'] }).notNull(),
    name: text('name').notNull(),
    status: text('status', { enum: outcomes }).notNull(),
    inputHash: text('input_hash'),
    outputHash: text('output_hash'),
    facts: jsonb('facts').$type<Record<string, unknown>>().notNull().default({}),
    error: text('error'),
    startedAt: at('started_at').notNull(),
    ms: integer('ms'),
  },
  (t) => [
    // Steps of a run are found by it too, and are few enough to be sorted by their position.
    unique('run_steps_tenant_run').on(t.tenantId, t.runId, t.id),
    foreignKey({ columns: [t.tenantId, t.runId], foreignColumns: [runs.tenantId, runs.id] }).onDelete('cascade'),
  ],
)

/** One call to one model of one provider, the failed ones too. */
export const runAttempts = tenantTable(
  'run_attempts',
  {
    id: uuid('id').primaryKey(),
    runId: uuid('run_id').notNull(),
    stepId: uuid('step_id').notNull(),
    position: integer('position').notNull(),
    provider: text('provider').notNull(),
    model: text('model').notNull(),
    outcome: text('outcome', { enum: ['ok', 'failed', 'cancelled', 'interrupted'] }).notNull(),
    startedAt: at('started_at').notNull(),
    ms: integer('ms').notNull(),
    firstTokenMs: integer('first_token_ms'),
    /** Null = the provider was not reached, or did not say. */
    tokensIn: integer('tokens_in'),
    tokensOut: integer('tokens_out'),
    tokensCached: integer('tokens_cached'),
    tokensCacheWrite: integer('tokens_cache_write'),
    tokensReasoning: integer('tokens_reasoning'),
    tokensEstimated: boolean('tokens_estimated').notNull().default(false),
    /** USD micro-units; null = price unknown. */
    costMicros: bigint('cost_micros', { mode: 'number' }),
    /** What the cost was computed with. */
    priceVersion: text('price_version'),
    /** `cached` and `extractive` asked no provider. */
    source: text('source', { enum: ['fresh', 'cached', 'extractive'] })
      .notNull()
      .default('fresh'),
    /** HTTP status of the provider. */
    status: integer('status'),
    reason: text('reason'),
    error: text('error'),
  },
  (t) => [
    index('run_attempts_step').on(t.tenantId, t.runId, t.stepId, t.position),
    index('run_attempts_started').on(t.tenantId, t.startedAt),
    // Its run is that of its step, which the database checks.
    foreignKey({
      name: 'run_attempts_step_fk',
      columns: [t.tenantId, t.runId, t.stepId],
      foreignColumns: [runSteps.tenantId, runSteps.runId, runSteps.id],
    }).onDelete('cascade'),
  ],
  { grant: 'append-only' },
)

/** Inputs and outputs, once per content, sealed under the tenant's key, until their retention ends. */
export const payloads = tenantTable(
  'payloads',
  {
    /** SHA-256 of the JSON text, base64url. */
    hash: text('hash').notNull(),
    /** Null = larger than what the journal keeps. */
    sealed: text('sealed'),
    bytes: integer('bytes').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
    expiresAt: at('expires_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.hash] }), index('payloads_expiry').on(t.tenantId, t.expiresAt)],
)

/** What people thought of a run's answer: one word per person and run. */
export const runFeedback = tenantTable(
  'run_feedback',
  {
    runId: uuid('run_id').notNull(),
    /** `type:id` of the person or key. */
    actor: text('actor').notNull(),
    actorName: text('actor_name').notNull(),
    rating: text('rating', { enum: ['up', 'down'] }),
    comment: text('comment'),
    updatedAt: at('updated_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.runId, t.actor] }),
    foreignKey({ columns: [t.tenantId, t.runId], foreignColumns: [runs.tenantId, runs.id] }).onDelete('cascade'),
  ],
)
