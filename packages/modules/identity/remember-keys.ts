import {
  notFound,
  remember,
  tenants,
  unauthenticated,
  type Broadcast,
  type Caller,
  type Database,
  type TenantDatabase,
} from '@guildhall/kernel'
import { and, eq, or, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import { tenantOf } from './access.ts'
import { hashSecret, keyPrefix } from './api-key.ts'
import { keysTopic } from './limits-of-keys.ts'
import { apiKeys } from './schema.ts'

/** A key that was presented, and who it speaks for. */
export interface FoundKey {
  id: string
  /** Tenant that the key belongs to; not always the one it acts for. */
  tenantId: string
  caller: Caller
  /** When it ends by itself: it expires, or its secret was replaced. Null = not. */
  until: Date | null
  lastUsedAt: Date | null
}

export interface RememberedKeys {
  /**
   * @param slug client that the request names
   * @throws Problem 401 for a key that is not valid, 404 for a client out of its reach
   */
  find(key: string, slug: string | undefined): Promise<FoundKey>
}

interface Parts {
  database: TenantDatabase
  broadcast: Broadcast
  now: () => Date
}

/** Milliseconds after which a key is looked up again, whatever the notices say. */
const maxAgeMs = 60_000
const maxKeys = 10_000
/** Tenants that were archived, brought back or erased. */
const tenantsTopic = 'tenants'

/**
 * Keys by the hash of what was presented, forgotten by notices. A look-up that fails is not remembered: nobody can fill
 * the memory with guesses, and a key that was just made works at once.
 */
export function rememberKeys({ database, broadcast, now }: Parts): RememberedKeys {
  /** What is remembered of a key, by its id: the notice of a change knows no more. */
  const byId = new Map<string, Set<string>>()
  const found = remember<FoundKey>({
    broadcast,
    topic: `${keysTopic}-presented`,
    maxAgeMs,
    maxEntries: maxKeys,
    async load(name) {
      const at = name.indexOf('|')
      const key = await lookUp(database, name.slice(0, at), name.slice(at + 1), now())
      if (byId.size > 2 * maxKeys) {
        byId.clear()
        found.forget('')
      }
      const names = byId.get(key.id) ?? new Set()
      byId.set(key.id, names.add(name))
      return key
    },
  })
  broadcast.subscribe(keysTopic, (id) => {
    // Also without a name: a look-up that is under way has perhaps read what was before the change.
    for (const name of byId.get(id) ?? []) found.forget(name)
    found.forget('none')
    byId.delete(id)
  })
  broadcast.subscribe(tenantsTopic, () => {
    byId.clear()
    found.forget('')
  })
  return {
    async find(key, slug) {
      if (!key.startsWith(keyPrefix)) throw refusedKey()
      const known = await found.get(`${hashSecret(key)}|${slug ?? ''}`)
      if (known.until && known.until <= now()) throw refusedKey()
      return known
    },
  }
}

const client = alias(tenants, 'client')

/** Built once per connection: building this statement costs more than running it. */
const statements = new WeakMap<Database, ReturnType<typeof statementOn>>()

/** The key and, for a key of the agency, the client that the request names: one round trip. */
function statementOn(db: Database) {
  const hash = sql.placeholder('keyHash')
  return db
    .select({
      key: {
        tenantId: apiKeys.tenantId,
        id: apiKeys.id,
        name: apiKeys.name,
        role: apiKeys.role,
        scopes: apiKeys.scopes,
        keyHash: apiKeys.keyHash,
        previousUntil: apiKeys.previousUntil,
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
    .where(or(eq(apiKeys.keyHash, hash), eq(apiKeys.previousHash, hash)))
    .prepare('')
}

async function lookUp(database: TenantDatabase, keyHash: string, slug: string, at: Date): Promise<FoundKey> {
  const [found] = await database.within({ tenantId: null, keyHash, readOnly: true }, (db) => {
    let statement = statements.get(db)
    if (!statement) {
      statement = statementOn(db)
      statements.set(db, statement)
    }
    return statement.execute({ keyHash, slug: slug || null })
  })
  if (!found || found.key.revokedAt || found.tenant.archivedAt) throw refusedKey()
  const { key } = found
  const ends = [key.expiresAt, key.keyHash === keyHash ? null : (key.previousUntil ?? new Date(0))]
  const until = ends.reduce((first, end) => (end && (!first || end < first) ? end : first), null)
  if (until && until <= at) throw refusedKey()
  const ownName = found.tenant.kind === 'client' && found.tenant.slug === slug
  const tenant = slug === '' || ownName ? found.tenant : found.client
  if (!tenant) throw unknownClient(slug)
  return {
    id: key.id,
    tenantId: key.tenantId,
    until,
    lastUsedAt: key.lastUsedAt,
    caller: {
      actor: { type: 'api-key', id: key.id, name: key.name },
      tenant: tenantOf(tenant),
      role: key.role,
      scopes: key.scopes,
      method: 'api-key',
    },
  }
}

/** The same answer for a client that does not exist and for one out of reach: its existence is nobody's business. */
export function unknownClient(slug: string) {
  return notFound('client', slug.slice(0, 63))
}

function refusedKey() {
  return unauthenticated('This API key is not valid, has expired or was revoked. Make a new one in Settings, API keys.')
}
