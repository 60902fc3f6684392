import { auditEvents, newId, type TenantDatabase } from '@guildhall/kernel'
import { and, eq } from 'drizzle-orm'
import { agencyIsOwned, ensureAgency, findAgency, lockFirstSteps } from './agency.ts'
import type { AuthUser, SignUp } from './better-auth.ts'
import type { SignInEvent } from './record-sign-ins.ts'
import { memberships } from './schema.ts'

/** Who may make an account now; `afterOwner` is the operator's wish for the time when there is an owner. */
export async function signUpState(database: TenantDatabase, afterOwner: 'open' | 'closed'): Promise<SignUp> {
  return await database.within({ tenantId: null, readOnly: true }, async (db) => {
    const agency = await findAgency(db)
    return agency && (await agencyIsOwned(db, agency.id)) ? afterOwner : 'owner'
  })
}

/** Makes the person the agency's owner when it has none; otherwise nothing. @returns whether they are now. */
export async function claimAgency(database: TenantDatabase, user: AuthUser): Promise<boolean> {
  const agency = await ensureAgency(database)
  return await database.within({ tenantId: agency.id }, async (db) => {
    await lockFirstSteps(db)
    if (await agencyIsOwned(db, agency.id)) return false
    const { id: userId, name, email } = user
    await db.insert(memberships).values({ tenantId: agency.id, userId, name, email, role: 'owner' })
    return true
  })
}

async function tenantsOf(database: TenantDatabase, userId: string): Promise<string[]> {
  return await database.within({ tenantId: null, userId, readOnly: true }, async (db) => {
    const rows = await db
      .select({ tenantId: memberships.tenantId })
      .from(memberships)
      .where(eq(memberships.userId, userId))
    return rows.map((row) => row.tenantId)
  })
}

/** Brings the copies of a person's name and e-mail up to date. */
export async function copyAccount(database: TenantDatabase, user: AuthUser): Promise<void> {
  for (const tenantId of await tenantsOf(database, user.id))
    await database.within({ tenantId }, (db) =>
      db
        .update(memberships)
        .set({ name: user.name, email: user.email })
        .where(and(eq(memberships.tenantId, tenantId), eq(memberships.userId, user.id))),
    )
}

/** Writes an event of an account into the audit trail of each tenant of the person; of the agency when there is none. */
export async function recordAccountEvent(database: TenantDatabase, event: SignInEvent): Promise<void> {
  const { user } = event
  const own = user ? await tenantsOf(database, user.id) : []
  const agency = own.length > 0 ? null : await database.within({ tenantId: null, readOnly: true }, findAgency)
  for (const tenantId of agency ? [agency.id] : own)
    await database.within({ tenantId }, (db) =>
      db.insert(auditEvents).values({
        id: newId(),
        tenantId,
        action: event.action,
        actorType: user ? 'user' : 'anonymous',
        actorId: user?.id ?? 'anonymous',
        actorName: user?.name ?? 'Anonymous',
        targets: user ? [{ type: 'user', id: user.id, name: user.email }] : [],
        metadata: {
          ...(event.address ? { address: event.address } : {}),
          ...(event.detail ? { detail: event.detail } : {}),
        },
        outcome: event.outcome,
        requestId: newId(),
      }),
    )
}
