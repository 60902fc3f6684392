import {
  anonymousCaller,
  notFound,
  tenants,
  unauthenticated,
  type Authenticator,
  type Caller,
  type TenantDatabase,
} from '@guildhall/kernel'
import { and, eq, isNull, lt, or, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import { actForTenant, ownMemberships, reachOf, tenantOf } from './access.ts'
import type { Accounts } from './accounts.ts'
import { hashSecret, keyPrefix } from './api-key.ts'
import { apiKeys } from './schema.ts'

export interface AuthenticatorParts {
  database: TenantDatabase
  accounts: Pick<Accounts, 'session'>
  now: () => Date
}

/** Names the client that a request is for. */
const clientHeader = 'x-guildhall-client'
/** How exact "last used" is; a key that is used often must not write with each request. */
const lastUsedExactMs = 60_000

/**
 * Resolves the caller of a request and the tenant it names, anew each time: a revoked key, session, membership or
 * grant is worth nothing from the next request on, so nothing is cached.
 */
export function createAuthenticator(parts: AuthenticatorParts): Authenticator {
  return {
    async authenticate(headers) {
      const slug = headers.get(clientHeader)?.trim().toLowerCase() || undefined
      const key = presentedKey(headers)
      if (key !== null) return await byKey(parts, key, slug)
      const session = await parts.accounts.session(headers)
      // A cookie that has run out is nobody, not an error: its owner is about to sign in.
      if (!session) return anonymousCaller
      const { id, name, email } = session.account
      return await parts.database.within({ tenantId: null, userId: id, readOnly: true }, async (db) => {
        const own = await ownMemberships(db, id)
        const caller = { actor: { type: 'user' as const, id, name, email }, scopes: null, method: 'session' as const }
        if (slug !== undefined) {
          const [reached] = await reachOf(db, id, own, slug)
          if (!reached) throw unknownClient(slug)
          return { ...caller, tenant: tenantOf(reached.tenant), role: reached.role }
        }
        const home =
          own.find((membership) => membership.tenant.kind === 'agency') ?? (own.length === 1 ? own[0] : undefined)
        return { ...caller, tenant: home ? tenantOf(home.tenant) : null, role: home?.role ?? null }
      })
    },
  }
}

/** The API key of a request. Other bearer tokens are not keys and not cookies: they are refused, not ignored. */
function presentedKey(headers: Headers): string | null {
  const direct = headers.get('x-api-key')
  if (direct !== null) return direct.trim()
  const authorization = headers.get('authorization')
  if (authorization === null) return null
  const [scheme = '', value = ''] = authorization.trim().split(/\s+/)
  if (scheme.toLowerCase() !== 'bearer')
    throw unauthenticated(
      `The scheme ${scheme.slice(0, 20)} is not known. Send an API key as \`Authorization: Bearer ${keyPrefix}...\`.`,
    )
  return value
}

const client = alias(tenants, 'client')

async function byKey({ database, now }: AuthenticatorParts, key: string, slug: string | undefined): Promise<Caller> {
  if (!key.startsWith(keyPrefix)) throw refusedKey()
  const keyHash = hashSecret(key)
  return await database.within({ tenantId: null, keyHash }, async (db) => {
    // The key and, for a key of the agency, the client that the request names: one round trip.
    const [found] = await db
      .select({ key: apiKeys, tenant: tenants, client })
      .from(apiKeys)
      .innerJoin(tenants, eq(tenants.id, apiKeys.tenantId))
      .leftJoin(
        client,
        and(
          eq(client.kind, 'client'),
          eq(client.agencyId, tenants.id),
          slug === undefined ? sql`false` : eq(client.slug, slug),
        ),
      )
      .where(eq(apiKeys.keyHash, keyHash))
    const at = now()
    if (!found || found.key.revokedAt || (found.key.expiresAt && found.key.expiresAt <= at) || found.tenant.archivedAt)
      throw refusedKey()
    const stale = new Date(at.getTime() - lastUsedExactMs)
    if (!found.key.lastUsedAt || found.key.lastUsedAt < stale) {
      await actForTenant(db, found.key.tenantId)
      await db
        .update(apiKeys)
        .set({ lastUsedAt: at })
        .where(
          and(
            eq(apiKeys.tenantId, found.key.tenantId),
            eq(apiKeys.id, found.key.id),
            or(isNull(apiKeys.lastUsedAt), lt(apiKeys.lastUsedAt, stale)),
          ),
        )
    }
    const ownName = found.tenant.kind === 'client' && found.tenant.slug === slug
    const tenant = slug === undefined || ownName ? found.tenant : found.client
    if (!tenant) throw unknownClient(slug ?? '')
    return {
      actor: { type: 'api-key', id: found.key.id, name: found.key.name },
      tenant: tenantOf(tenant),
      role: found.key.role,
      scopes: found.key.scopes,
      method: 'api-key',
    }
  })
}

/** The same answer for a client that does not exist and for one out of reach: its existence is nobody's business. */
function unknownClient(slug: string) {
  return notFound('client', slug.slice(0, 63))
}

function refusedKey() {
  return unauthenticated('This API key is not valid, has expired or was revoked. Make a new one in Settings, API keys.')
}
