import { strongest, tenants, type Database, type Role, type Tenant } from '@guildhall/kernel'
import { and, eq, inArray, isNull, or, sql } from 'drizzle-orm'
import { agencyGrants, memberships } from './schema.ts'

type TenantRow = typeof tenants.$inferSelect

/** A tenant that somebody reaches, and as what. */
export interface Reach {
  tenant: TenantRow
  role: Role
}

export function tenantOf(row: TenantRow): Tenant {
  return { id: row.id, kind: row.kind, slug: row.slug, name: row.name, agencyId: row.agencyId }
}

/** Whether a role at the agency reaches every client by itself; others need a grant. */
function reachesAll(role: Role): boolean {
  return role === 'owner' || role === 'admin'
}

/**
 * The tenants that a user is a member of. Needs a transaction whose scope names the user: row-level security shows
 * exactly their own rows. Members of an archived client see it no more; its agency still does.
 */
export async function ownMemberships(db: Database, userId: string): Promise<Reach[]> {
  const rows = await db
    .select({ tenant: tenants, role: memberships.role })
    .from(memberships)
    .innerJoin(tenants, eq(tenants.id, memberships.tenantId))
    .where(and(eq(memberships.userId, userId), isNull(tenants.archivedAt)))
    .orderBy(tenants.kind, tenants.name)
  return rows
}

/**
 * Tenants within reach of somebody with these memberships: their own, every client of an agency where they are owner or
 * admin, and the clients that they hold a grant for. A grant of an agency that they left is worth nothing.
 * @param slug only the client of this name.
 */
export async function reachOf(db: Database, userId: string, own: readonly Reach[], slug?: string): Promise<Reach[]> {
  const reach = new Map<string, Reach>()
  const add = (tenant: TenantRow, role: Role) => {
    if (slug !== undefined && (tenant.kind !== 'client' || tenant.slug !== slug)) return
    const role_ = strongest(reach.get(tenant.id)?.role ?? null, role)
    if (role_) reach.set(tenant.id, { tenant, role: role_ })
  }
  for (const membership of own) add(membership.tenant, membership.role)
  const agencies = own.filter((membership) => membership.tenant.kind === 'agency')
  if (agencies.length > 0) {
    const rows = await db
      .select({ tenant: tenants, role: agencyGrants.role })
      .from(tenants)
      .leftJoin(
        agencyGrants,
        and(
          eq(agencyGrants.tenantId, tenants.agencyId),
          eq(agencyGrants.userId, userId),
          or(isNull(agencyGrants.clientId), eq(agencyGrants.clientId, tenants.id)),
        ),
      )
      .where(
        and(
          eq(tenants.kind, 'client'),
          inArray(
            tenants.agencyId,
            agencies.map((agency) => agency.tenant.id),
          ),
          slug === undefined ? undefined : eq(tenants.slug, slug),
        ),
      )
      .orderBy(tenants.name)
    for (const row of rows) {
      const atAgency = agencies.find((agency) => agency.tenant.id === row.tenant.agencyId)?.role
      if (row.role) add(row.tenant, row.role)
      if (atAgency && reachesAll(atAgency)) add(row.tenant, atAgency)
    }
  }
  return [...reach.values()]
}

/** Clients that a key of an agency, or the agency's owner or admin, reaches; with `slug` at most one. */
export async function clientsOf(db: Database, agencyId: string, slug?: string): Promise<TenantRow[]> {
  return db
    .select()
    .from(tenants)
    .where(
      and(
        eq(tenants.kind, 'client'),
        eq(tenants.agencyId, agencyId),
        slug === undefined ? undefined : eq(tenants.slug, slug),
      ),
    )
    .orderBy(tenants.name)
}

/** Lets the rest of a transaction work for another tenant than the one it was opened for. The caller has checked that it may. */
export async function actForTenant(db: Database, tenantId: string): Promise<void> {
  await db.execute(sql`select set_config('app.tenant', ${tenantId}, true)`)
}

/** Makes the row visible whose secret has this hash: an invitation that is accepted. */
export async function presentSecret(db: Database, hash: string): Promise<void> {
  await db.execute(sql`select set_config('app.key', ${hash}, true)`)
}
