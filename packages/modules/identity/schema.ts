import { tenants, tenantTable } from '@guildhall/kernel'
import { sql } from 'drizzle-orm'
import { index, jsonb, pgPolicy, primaryKey, text, timestamp, unique, uniqueIndex, uuid } from 'drizzle-orm/pg-core'

const at = (name: string) => timestamp(name, { withTimezone: true })
const role = () => text('role', { enum: ['viewer', 'member', 'admin', 'owner'] }).notNull()

// Who somebody is comes before the tenant they act for, so three lookups cannot name a tenant: one's own rows by user
// id, and an API key or an invitation by the hash of the secret that is presented.
const ownRows = sql`user_id = (select nullif(current_setting('app.user', true), ''))`
const presented = (column: string) => sql`${sql.raw(column)} = (select nullif(current_setting('app.key', true), ''))`

/** People of a tenant. Users live in the accounts schema; name and e-mail are copies for lists. */
export const memberships = tenantTable(
  'memberships',
  {
    userId: text('user_id').notNull(),
    role: role(),
    name: text('name').notNull(),
    email: text('email').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.userId] }),
    index('memberships_user').on(t.userId),
    pgPolicy('memberships_own', { for: 'select', using: ownRows }),
  ],
)

/**
 * What agency staff may do at clients, where their role at the agency does not say it (owners and admins reach all).
 * A row of the agency; `clientId` null = every client. Counts only while the person is a member of the agency.
 */
export const agencyGrants = tenantTable(
  'agency_grants',
  {
    id: uuid('id').primaryKey(),
    userId: text('user_id').notNull(),
    clientId: uuid('client_id').references(() => tenants.id, { onDelete: 'cascade' }),
    role: role(),
    grantedBy: text('granted_by').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (t) => [
    unique('agency_grants_person_client').on(t.tenantId, t.userId, t.clientId).nullsNotDistinct(),
    index('agency_grants_user').on(t.userId),
    pgPolicy('agency_grants_own', { for: 'select', using: ownRows }),
  ],
)

/** Invitations by mail; only the hash of the token is kept. */
export const invitations = tenantTable(
  'invitations',
  {
    id: uuid('id').primaryKey(),
    email: text('email').notNull(),
    role: role(),
    /** SHA-256 of the token, hex. */
    tokenHash: text('token_hash').notNull(),
    invitedBy: text('invited_by').notNull(),
    invitedByName: text('invited_by_name').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
    expiresAt: at('expires_at').notNull(),
    acceptedAt: at('accepted_at'),
  },
  (t) => [
    index('invitations_tenant').on(t.tenantId, t.createdAt),
    uniqueIndex('invitations_token').on(t.tokenHash),
    uniqueIndex('invitations_open')
      .on(t.tenantId, t.email)
      .where(sql`accepted_at is null`),
    pgPolicy('invitations_presented', { for: 'select', using: presented('token_hash') }),
  ],
)

/** API keys; only the hash of the key is kept. A key of the agency acts for any of its clients. */
export const apiKeys = tenantTable(
  'api_keys',
  {
    id: uuid('id').primaryKey(),
    name: text('name').notNull(),
    role: role(),
    /** Scopes `area:level` or `*:level` that narrow the role; null = not narrowed. */
    scopes: jsonb('scopes').$type<string[] | null>(),
    /** SHA-256 of the key, hex. */
    keyHash: text('key_hash').notNull(),
    last4: text('last4').notNull(),
    /** The secret before the last rotation, and until when it is still taken. */
    previousHash: text('previous_hash'),
    previousUntil: at('previous_until'),
    rotatedAt: at('rotated_at'),
    createdBy: text('created_by').notNull(),
    createdByName: text('created_by_name').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
    expiresAt: at('expires_at'),
    lastUsedAt: at('last_used_at'),
    revokedAt: at('revoked_at'),
  },
  (t) => [
    index('api_keys_tenant').on(t.tenantId, t.createdAt),
    uniqueIndex('api_keys_hash').on(t.keyHash),
    uniqueIndex('api_keys_previous_hash').on(t.previousHash),
    pgPolicy('api_keys_presented', {
      for: 'select',
      using: sql`${presented('key_hash')} or ${presented('previous_hash')}`,
    }),
  ],
)
