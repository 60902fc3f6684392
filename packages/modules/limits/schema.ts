import { tenantTable } from '@guildhall/kernel'
import { bigint, doublePrecision, index, integer, primaryKey, text, timestamp, unique, uuid } from 'drizzle-orm/pg-core'

const at = (name: string) => timestamp(name, { withTimezone: true })

/** What an API key may call, and how much of it. A key without a row may call what its role allows. */
export const keyPolicies = tenantTable(
  'key_policies',
  {
    keyId: uuid('key_id').notNull(),
    /** Whom its usage counts for. */
    projectId: uuid('project_id'),
    agentId: uuid('agent_id'),
    /** The person it was made for. */
    userId: text('user_id'),
    /** Models `provider/model` and routes that may be asked; a trailing `*` matches what begins so. Null = any. */
    allowed: text('allowed').array(),
    requestsPerMinute: integer('requests_per_minute'),
    tokensPerMinute: integer('tokens_per_minute'),
    /** Calls at the same time. */
    concurrent: integer('concurrent'),
    updatedAt: at('updated_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.keyId] })],
)

export const budgetScopes = ['tenant', 'client', 'key', 'project', 'agent', 'user'] as const

/** Money that may be spent in a month (UTC). Every budget that fits a call must have room for it. */
export const budgets = tenantTable(
  'budgets',
  {
    id: uuid('id').primaryKey(),
    /**
     * `tenant`: all of it; else one key, project, agent or person. `client`: all of one client, as a row of its agency,
     * which the client itself can neither see nor raise.
     */
    scope: text('scope', { enum: budgetScopes }).notNull(),
    /** Id in that scope; empty for `tenant`. */
    scopeId: text('scope_id').notNull().default(''),
    /** USD micro-units per month. */
    monthlyMicros: bigint('monthly_micros', { mode: 'number' }).notNull(),
    whenSpent: text('when_spent', { enum: ['refuse', 'downgrade'] })
      .notNull()
      .default('refuse'),
    /** Route or model that is asked instead. */
    downgradeTo: text('downgrade_to'),
    createdAt: at('created_at').notNull().defaultNow(),
    updatedAt: at('updated_at').notNull().defaultNow(),
  },
  (t) => [unique('budgets_scope').on(t.tenantId, t.scope, t.scopeId)],
)

/** One counter per budget and month, for enforcing and for showing. */
export const budgetMonths = tenantTable(
  'budget_months',
  {
    budgetId: uuid('budget_id').notNull(),
    /** `YYYY-MM`, UTC. */
    month: text('month').notNull(),
    spentMicros: bigint('spent_micros', { mode: 'number' }).notNull().default(0),
    /** Set aside for calls that are under way, in slices that processes hold. */
    heldMicros: bigint('held_micros', { mode: 'number' }).notNull().default(0),
    /** Highest threshold (percent) that has been told. */
    toldPercent: integer('told_percent').notNull().default(0),
    /** Calls that counted nothing because neither their cost nor an estimate was known: the sum is "at least". */
    unpricedCalls: integer('unpriced_calls').notNull().default(0),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.budgetId, t.month] })],
)

/** The slice of a budget that a process holds. Given back at its stop; taken back when its lease has run out. */
export const budgetSlices = tenantTable(
  'budget_slices',
  {
    budgetId: uuid('budget_id').notNull(),
    month: text('month').notNull(),
    processId: text('process_id').notNull(),
    heldMicros: bigint('held_micros', { mode: 'number' }).notNull(),
    leaseUntil: at('lease_until').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.budgetId, t.month, t.processId] }),
    index('budget_slices_lease').on(t.tenantId, t.leaseUntil),
  ],
)

/**
 * Rates as theoretical arrival times (GCRA; ITU-T I.371, 1993). A process takes several arrivals at once and spends
 * them from memory, so that a rate is exact and hardly ever waits for the database.
 */
export const rateStates = tenantTable(
  'rate_states',
  {
    /** `key:<id>:requests`, `key:<id>:tokens`. */
    subject: text('subject').notNull(),
    /** Theoretical arrival time, milliseconds since 1970. */
    arrivalMs: doublePrecision('arrival_ms').notNull(),
    updatedAt: at('updated_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.subject] })],
)

/** Places for calls at the same time that a process holds. */
export const concurrencySlices = tenantTable(
  'concurrency_slices',
  {
    subject: text('subject').notNull(),
    processId: text('process_id').notNull(),
    held: integer('held').notNull(),
    leaseUntil: at('lease_until').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.subject, t.processId] })],
)
