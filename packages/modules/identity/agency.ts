import { newId, tenants, type Database, type Tenant, type TenantDatabase } from '@guildhall/kernel'
import { and, eq, isNull, sql } from 'drizzle-orm'
import { actForTenant, tenantOf } from './access.ts'
import { apiKeys, memberships } from './schema.ts'

/** Serialises the few acts of which there must be one: the first agency, its first owner. */
const firstStepsLock = 4_100_410_043

export async function lockFirstSteps(db: Database): Promise<void> {
  await db.execute(sql`select pg_advisory_xact_lock(${firstStepsLock})`)
}

/** The agency that this installation belongs to: the oldest one. */
export async function findAgency(db: Database): Promise<Tenant | null> {
  const [row] = await db
    .select()
    .from(tenants)
    .where(eq(tenants.kind, 'agency'))
    .orderBy(tenants.createdAt, tenants.id)
    .limit(1)
  return row ? tenantOf(row) : null
}

/** Makes the agency when there is none. Two processes that start together make one. */
export async function ensureAgency(database: TenantDatabase, name = 'My agency', slug = 'agency'): Promise<Tenant> {
  const id = newId()
  return await database.within({ tenantId: id }, async (db) => {
    const existing = await findAgency(db)
    if (existing) return existing
    await lockFirstSteps(db)
    const made = await findAgency(db)
    if (made) return made
    await db.insert(tenants).values({ id, kind: 'agency', agencyId: id, slug, name })
    return { id, kind: 'agency', agencyId: id, slug, name }
  })
}

/** Whether somebody, or some key, holds the agency. */
export async function agencyIsOwned(db: Database, agencyId: string): Promise<boolean> {
  await actForTenant(db, agencyId)
  const [owner] = await db
    .select({ userId: memberships.userId })
    .from(memberships)
    .where(and(eq(memberships.tenantId, agencyId), eq(memberships.role, 'owner')))
    .limit(1)
  if (owner) return true
  const [key] = await db
    .select({ id: apiKeys.id })
    .from(apiKeys)
    .where(and(eq(apiKeys.tenantId, agencyId), eq(apiKeys.role, 'owner'), isNull(apiKeys.revokedAt)))
    .limit(1)
  return key !== undefined
}
