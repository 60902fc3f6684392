import { sql } from 'drizzle-orm'
import {
  boolean,
  index,
  jsonb,
  pgPolicy,
  pgTable,
  text,
  timestamp,
  uniqueIndex,
  uuid,
  type AnyPgColumn,
} from 'drizzle-orm/pg-core'

/** How a tenant looks to its people. Colours are CSS hex values, the logo is a file of the tenant. */
export interface Brand {
  color?: string
  logoFileId?: string
}

/**
 * Agencies and their clients, exactly two levels. Not a tenant table itself: a row is its own tenant. Visible are
 * the current tenant, its clients, the agency above it, and what `app.readable` lists. Written only by the owner role.
 */
export const tenants = pgTable(
  'tenants',
  {
    id: uuid('id').primaryKey(),
    kind: text('kind', { enum: ['agency', 'client'] }).notNull(),
    agencyId: uuid('agency_id')
      .notNull()
      .references((): AnyPgColumn => tenants.id, { onDelete: 'cascade' }),
    slug: text('slug').notNull(),
    name: text('name').notNull(),
    industry: text('industry'),
    brand: jsonb('brand').$type<Brand>().notNull().default({}),
    demo: boolean('demo').notNull().default(false),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    archivedAt: timestamp('archived_at', { withTimezone: true }),
  },
  (table) => [
    uniqueIndex('tenants_agency_slug').on(table.agencyId, table.slug),
    index('tenants_agency').on(table.agencyId),
    // Reading a name is needed to resolve a request before its tenant is known; rows hold no client data.
    pgPolicy('tenants_visible', { for: 'select', using: sql`true` }),
    pgPolicy('tenants_create', {
      for: 'insert',
      withCheck: sql`agency_id = (select nullif(current_setting('app.tenant', true), '')::uuid)`,
    }),
    pgPolicy('tenants_change', {
      for: 'update',
      using: sql`(select nullif(current_setting('app.tenant', true), '')::uuid) in (id, agency_id)`,
      withCheck: sql`(select nullif(current_setting('app.tenant', true), '')::uuid) in (id, agency_id)`,
    }),
    // Only the owner role has the right to delete; the policy keeps even that to the current agency.
    pgPolicy('tenants_erase', {
      for: 'delete',
      using: sql`(select nullif(current_setting('app.tenant', true), '')::uuid) in (id, agency_id)`,
    }),
  ],
)
