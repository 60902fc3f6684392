import { tenantTable } from '@guildhall/kernel'
import { index, jsonb, primaryKey, text, timestamp } from 'drizzle-orm/pg-core'
import { providerKinds } from './kinds.ts'

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
