import { tenantTable } from '@guildhall/kernel'
import { sql } from 'drizzle-orm'
import { bigint, boolean, index, integer, jsonb, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core'

const at = (name: string) => timestamp(name, { withTimezone: true })

/** What was called. */
export const callKinds = [
  'chat',
  'embedding',
  'image',
  'transcription',
  'speech',
  'moderation',
  'search',
  'count',
] as const

/** Pieces that a call was charged for. Absent = none. */
export interface ChargedUnits {
  images?: number
  audioSeconds?: number
  /** Of a text that was spoken. */
  characters?: number
  searches?: number
}

/**
 * What each attempt has used and cost. Append-only: a mistake is put right by a further entry that names the first.
 * Written in the transaction of the journal's attempt (same id), and kept when the run's payloads are long gone.
 */
export const usageEntries = tenantTable(
  'usage_entries',
  {
    id: uuid('id').primaryKey(),
    entry: text('entry', { enum: ['usage', 'correction', 'reversal'] })
      .notNull()
      .default('usage'),
    /** The entry that this one corrects or takes back. */
    refersTo: uuid('refers_to'),
    /** `YYYY-MM` (UTC) in which it counts: that of `occurredAt`, or the first open one after it when that is closed. */
    month: text('month').notNull(),
    occurredAt: at('occurred_at').notNull(),
    recordedAt: at('recorded_at').notNull().defaultNow(),
    runId: uuid('run_id'),
    kind: text('kind', { enum: callKinds }).notNull(),
    outcome: text('outcome', { enum: ['ok', 'failed', 'cancelled', 'interrupted'] }).notNull(),
    source: text('source', { enum: ['fresh', 'cached', 'extractive'] }).notNull(),
    provider: text('provider').notNull(),
    model: text('model').notNull(),
    /** Alias of the route that was asked; null = a model by name. */
    route: text('route'),
    actorType: text('actor_type').notNull(),
    actorId: text('actor_id').notNull(),
    actorName: text('actor_name').notNull(),
    projectId: uuid('project_id'),
    agentId: uuid('agent_id'),
    tokensIn: integer('tokens_in').notNull().default(0),
    tokensOut: integer('tokens_out').notNull().default(0),
    /** Parts of `tokensIn`. */
    tokensCached: integer('tokens_cached').notNull().default(0),
    tokensCacheWrite: integer('tokens_cache_write').notNull().default(0),
    /** Part of `tokensOut`. */
    tokensReasoning: integer('tokens_reasoning').notNull().default(0),
    /** Counted here because the provider did not say. */
    estimated: boolean('estimated').notNull().default(false),
    /** USD micro-units; null = price unknown. Negative only in corrections and reversals. */
    costMicros: bigint('cost_micros', { mode: 'number' }),
    /** Which price list or override the cost was computed with; null = none knew the model. */
    priceVersion: text('price_version'),
    /** What is charged by the piece instead of by the token. */
    units: jsonb('units').$type<ChargedUnits>(),
    /** Why, for corrections and reversals; and who booked them (`type:id`, name), since the actor is that of the call. */
    note: text('note'),
    bookedBy: text('booked_by'),
    bookedByName: text('booked_by_name'),
  },
  (t) => [
    index('usage_entries_month').on(t.tenantId, t.month, t.occurredAt),
    index('usage_entries_occurred').on(t.tenantId, t.occurredAt),
    index('usage_entries_run').on(t.tenantId, t.runId),
    index('usage_entries_refers_to')
      .on(t.tenantId, t.refersTo)
      .where(sql`refers_to is not null`),
    index('usage_entries_unpriced')
      .on(t.tenantId, t.provider, t.model)
      .where(sql`cost_micros is null`),
  ],
  { grant: 'append-only' },
)

/** A month that counts no further entries, with what its entries added up to. */
export const ledgerMonths = tenantTable(
  'ledger_months',
  {
    month: text('month').notNull(),
    closedAt: at('closed_at').notNull(),
    closedBy: text('closed_by').notNull(),
    closedByName: text('closed_by_name').notNull(),
    entries: integer('entries').notNull(),
    tokensIn: bigint('tokens_in', { mode: 'number' }).notNull(),
    tokensOut: bigint('tokens_out', { mode: 'number' }).notNull(),
    costMicros: bigint('cost_micros', { mode: 'number' }).notNull(),
    /** Entries without a known price: the cost is "at least". */
    unpriced: integer('unpriced').notNull(),
    /** `v1:` and SHA-256 (hex) over the entries in the order of their ids, to prove later that nothing has changed. */
    digest: text('digest').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.month] })],
)

/** USD per million tokens, and per piece where a model is charged so. Absent = as published. */
export interface OverridePrices {
  input?: number
  output?: number
  cacheRead?: number
  cacheWrite?: number
  perImage?: number
  perAudioSecond?: number
  perMillionCharacters?: number
  perSearch?: number
  perCall?: number
}

/** Prices that a tenant has agreed with a provider, or sets for a model that no list knows. A client's own come before its agency's. */
export const priceOverrides = tenantTable(
  'price_overrides',
  {
    id: uuid('id').primaryKey(),
    /** Slug of the connection; `*` = any. */
    provider: text('provider').notNull(),
    /** Name of the model; a trailing `*` matches what begins so. */
    model: text('model').notNull(),
    prices: jsonb('prices').$type<OverridePrices>().notNull(),
    validFrom: at('valid_from').notNull(),
    validTo: at('valid_to'),
    note: text('note'),
    createdAt: at('created_at').notNull().defaultNow(),
    createdBy: text('created_by').notNull(),
  },
  (t) => [index('price_overrides_from').on(t.tenantId, t.validFrom)],
)

/** What a client pays the agency for its usage; a row of the agency. To a month applies the one with the latest start not after its first moment. */
export const marginRules = tenantTable(
  'margin_rules',
  {
    id: uuid('id').primaryKey(),
    /** Null = every client without a rule of its own. */
    clientId: uuid('client_id'),
    validFrom: at('valid_from').notNull(),
    /** Parts per thousand of the cost: 1500 = cost and half again. */
    multiplierPermille: integer('multiplier_permille').notNull().default(1000),
    /** USD micro-units per month, whatever is used. */
    fixedMicros: bigint('fixed_micros', { mode: 'number' }).notNull().default(0),
    /** Cost in USD micro-units per month that the fixed price includes. */
    includedMicros: bigint('included_micros', { mode: 'number' }).notNull().default(0),
    createdAt: at('created_at').notNull().defaultNow(),
    createdBy: text('created_by').notNull(),
  },
  (t) => [index('margin_rules_client').on(t.tenantId, t.clientId, t.validFrom)],
)
