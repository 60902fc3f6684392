import { invalidInput, newId, type Runtime } from '@guildhall/kernel'
import { and, eq } from 'drizzle-orm'
import { ensureAgency } from './agency.ts'
import type { Account } from './accounts.ts'
import { hashSecret, keyPrefix } from './api-key.ts'
import { claimAgency } from './people.ts'
import { apiKeys, memberships } from './schema.ts'

/** Address of an owner who was made without one; they enter their own in the console. The domain never leaves the machine (RFC 6761). */
export const placeholderEmail = 'owner@guildhall.localhost'

/**
 * Makes sure that the agency has an owner, at each start. An owner who is there is left as they are: the variables say
 * how the first one is made, they are not a way to change a password.
 * @param owner without e-mail, the owner has a placeholder and signs in by the link that is printed.
 * @throws Problem 400 naming `password` when it is too short.
 */
export async function ensureOwner(
  runtime: Runtime,
  owner: { email?: string | undefined; password?: string | undefined; name?: string } = {},
): Promise<{ account: Account; created: boolean }> {
  const { accounts } = runtime.services
  const agency = await ensureAgency(runtime.database)
  const found = await runtime.database.within({ tenantId: agency.id, readOnly: true }, (db) =>
    db
      .select({ userId: memberships.userId })
      .from(memberships)
      .where(and(eq(memberships.tenantId, agency.id), eq(memberships.role, 'owner')))
      .orderBy(memberships.createdAt)
      .limit(1),
  )
  const existing = found[0] ? await accounts.find(found[0].userId) : null
  if (existing) return { account: existing, created: false }
  const email = owner.email ?? placeholderEmail
  const account =
    (await accounts.findByEmail(email)) ??
    // The operator vouches for the address.
    (await accounts.create({
      email,
      name: owner.name ?? 'Owner',
      password: owner.password ?? null,
      emailVerified: true,
    }))
  if (!(await claimAgency(runtime.database, account))) {
    // A key may hold the agency already; the operator's owner holds it too.
    await runtime.database.within({ tenantId: agency.id }, async (db) => {
      const { id: userId, name } = account
      await db
        .insert(memberships)
        .values({ tenantId: agency.id, userId, name, email: account.email, role: 'owner' })
        .onConflictDoNothing()
    })
  }
  return { account, created: true }
}

/**
 * Makes sure that the operator's agency key works, at each start. A key that was revoked in the console stays revoked.
 * @param key `gh_` and at least 32 characters; only its hash is stored.
 */
export async function ensureApiKey(runtime: Runtime, key: string): Promise<void> {
  if (!key.startsWith(keyPrefix) || key.length < 35)
    throw invalidInput([{ field: 'GUILDHALL_INIT_API_KEY', message: 'must be gh_ followed by at least 32 characters' }])
  const agency = await ensureAgency(runtime.database)
  await runtime.database.within({ tenantId: agency.id }, (db) =>
    db
      .insert(apiKeys)
      .values({
        id: newId(),
        tenantId: agency.id,
        name: 'GUILDHALL_INIT_API_KEY',
        role: 'owner',
        keyHash: hashSecret(key),
        last4: key.slice(-4),
        createdBy: 'system:system',
        createdByName: 'Operator',
      })
      .onConflictDoNothing(),
  )
}
