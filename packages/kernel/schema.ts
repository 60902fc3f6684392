import { sql } from 'drizzle-orm'
import {
  index,
  integer,
  jsonb,
  pgPolicy,
  pgRole,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { tenantTable } from './table.ts'

export { tenants } from './tenants-table.ts'

const at = (name: string) => timestamp(name, { withTimezone: true })

/** Claims queued jobs across tenants and sees nothing else; made by the launcher or by the operator's SQL. */
export const workerRole = pgRole('gh_worker').existing()

/** Who did what. Append-only for the application role. */
export const auditEvents = tenantTable(
  'audit_events',
  {
    id: uuid('id').primaryKey(),
    at: at('at').notNull().defaultNow(),
    action: text('action').notNull(),
    actorType: text('actor_type').notNull(),
    actorId: text('actor_id').notNull(),
    actorName: text('actor_name').notNull(),
    targets: jsonb('targets').$type<{ type: string; id: string; name?: string }[]>().notNull().default([]),
    metadata: jsonb('metadata').$type<Record<string, unknown>>().notNull().default({}),
    outcome: text('outcome', { enum: ['ok', 'failed', 'denied'] }).notNull(),
    requestId: text('request_id').notNull(),
  },
  (table) => [index('audit_events_tenant_id').on(table.tenantId, table.id)],
  { grant: 'append-only' },
)

/** The outbox: what happened, written in the transaction in which it happened. */
export const outboxEvents = tenantTable(
  'outbox_events',
  {
    id: uuid('id').primaryKey(),
    at: at('at').notNull().defaultNow(),
    name: text('name').notNull(),
    payload: jsonb('payload').$type<Record<string, unknown>>().notNull(),
    requestId: text('request_id').notNull(),
  },
  (table) => [index('outbox_events_tenant_id').on(table.tenantId, table.id)],
  { grant: 'append-only' },
)

/** Answers to requests that carried an `Idempotency-Key`; the response is sealed, it may hold a fresh secret. */
export const idempotencyKeys = tenantTable(
  'idempotency_keys',
  {
    key: text('key').notNull(),
    actor: text('actor').notNull(),
    operation: text('operation').notNull(),
    requestHash: text('request_hash').notNull(),
    state: text('state', { enum: ['running', 'done'] }).notNull(),
    response: text('response'),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.actor, table.key] })],
)

/** Data-encryption keys of a tenant, wrapped by the key-encryption key. */
export const tenantKeys = tenantTable(
  'tenant_keys',
  {
    version: integer('version').notNull(),
    wrapped: text('wrapped').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.version] })],
)

/** Durable work. The worker role claims rows of every tenant; the work itself runs as the tenant. */
export const jobs = tenantTable(
  'jobs',
  {
    id: uuid('id').primaryKey(),
    name: text('name').notNull(),
    key: text('key'),
    payload: jsonb('payload').notNull(),
    state: text('state', { enum: ['queued', 'running', 'done', 'failed'] })
      .notNull()
      .default('queued'),
    attempts: integer('attempts').notNull().default(0),
    maxAttempts: integer('max_attempts').notNull(),
    runAt: at('run_at').notNull().defaultNow(),
    /** The process that works on it, and until when it is believed to live. */
    owner: text('owner'),
    leaseUntil: at('lease_until'),
    lastError: text('last_error'),
    createdAt: at('created_at').notNull().defaultNow(),
    finishedAt: at('finished_at'),
  },
  (table) => [
    index('jobs_due')
      .on(table.runAt)
      .where(sql`state in ('queued', 'running')`),
    index('jobs_tenant').on(table.tenantId, table.createdAt),
    uniqueIndex('jobs_key')
      .on(table.tenantId, table.name, table.key)
      .where(sql`state = 'queued' and key is not null`),
    pgPolicy('jobs_worker', { to: workerRole, using: sql`true`, withCheck: sql`true` }),
  ],
)
