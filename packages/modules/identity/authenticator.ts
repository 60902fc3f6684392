import {
  anonymousCaller,
  notFound,
  tenants,
  unauthenticated,
  type Authenticator,
  type Caller,
  type Database,
  type TenantDatabase,
} from '@guildhall/kernel'
import { and, eq, isNull, lt, or, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import { ownMemberships, reachOf, tenantOf } from './access.ts'
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

/** Built once per connection: this statement runs with each request, and building it costs more than running it. */
const lookups = new WeakMap<Database, ReturnType<typeof lookup>>()

function lookupOn(db: Database): ReturnType<typeof lookup> {
  let made = lookups.get(db)
  if (!made) {
    made = lookup(db)
    lookups.set(db, made)
  }
  return made
}

/** The key and, for a key of the agency, the client that the request names: one round trip. */
function lookup(db: Database) {
  return db
    .select({
      key: {
        tenantId: apiKeys.tenantId,
        id: apiKeys.id,
        name: apiKeys.name,
        role: apiKeys.role,
        scopes: apiKeys.scopes,
        expiresAt: apiKeys.expiresAt,
        revokedAt: apiKeys.revokedAt,
        lastUsedAt: apiKeys.lastUsedAt,
      },
      tenant: tenants,
      client,
    })
    .from(apiKeys)
    .innerJoin(tenants, eq(tenants.id, apiKeys.tenantId))
    .leftJoin(
      client,
      and(eq(client.kind, 'client'), eq(client.agencyId, tenants.id), eq(client.slug, sql.placeholder('slug'))),
    )
    .where(eq(apiKeys.keyHash, sql.placeholder('keyHash')))
    .prepare('')
}

async function byKey({ database, now }: AuthenticatorParts, key: string, slug: string | undefined): Promise<Caller> {
  if (!key.startsWith(keyPrefix)) throw refusedKey()
  const keyHash = hashSecret(key)
  const [found] = await database.within({ tenantId: null, keyHash, readOnly: true }, (db) =>
    lookupOn(db).execute({ keyHash, slug: slug ?? null }),
  )
  const at = now()
  if (!found || found.key.revokedAt || (found.key.expiresAt && found.key.expiresAt <= at) || found.tenant.archivedAt)
    throw refusedKey()
  await noteUse(database, found.key, at)
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
}

/** Writes when a key was last used, at most once a minute. */
async function noteUse(
  database: TenantDatabase,
  key: Pick<typeof apiKeys.$inferSelect, 'tenantId' | 'id' | 'lastUsedAt'>,
  at: Date,
): Promise<void> {
  const stale = new Date(at.getTime() - lastUsedExactMs)
  if (key.lastUsedAt && key.lastUsedAt >= stale) return
  await database.within({ tenantId: key.tenantId }, (db) =>
    db
      .update(apiKeys)
      .set({ lastUsedAt: at })
      .where(
        and(
          eq(apiKeys.tenantId, key.tenantId),
          eq(apiKeys.id, key.id),
          or(isNull(apiKeys.lastUsedAt), lt(apiKeys.lastUsedAt, stale)),
        ),
      ),
  )
}

/** The same answer for a client that does not exist and for one out of reach: its existence is nobody's business. */
function unknownClient(slug: string) {
  return notFound('client', slug.slice(0, 63))
}

function refusedKey() {
  return unauthenticated('This API key is not valid, has expired or was revoked. Make a new one in Settings, API keys.')
}
