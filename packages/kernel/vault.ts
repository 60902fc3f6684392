import { randomBytes } from 'node:crypto'
import { and, desc, eq } from 'drizzle-orm'
import type { TenantDatabase } from './database.ts'
import { openBytes, sealBytes, type KeyRing } from './keyring.ts'
import { tenantKeys } from './schema.ts'

/** Where a sealed value lives; bound into it, so a value that is moved to another row or tenant does not open. */
export interface SealedPlace {
  table: string
  column: string
  row: string
}

/** Seals text under the data key of one tenant. */
export interface Vault {
  seal(place: SealedPlace, plain: string): Promise<string>
  /** @throws when the value was sealed for another place or tenant, or altered. */
  open(place: SealedPlace, sealed: string): Promise<string>
}

const keyLifetimeMs = 10 * 60_000

export interface VaultFactory {
  forTenant(tenantId: string): Vault
  /** Forgets the cached keys of a tenant that was erased. */
  forget(tenantId: string): void
}

export function createVaults(database: TenantDatabase, keyRing: KeyRing): VaultFactory {
  const cache = new Map<string, { version: number; key: Promise<Buffer>; until: number }>()

  async function loadKey(tenantId: string, version: number): Promise<Buffer> {
    const wrapped = await database.within({ tenantId }, async (db) => {
      const read = () =>
        db
          .select()
          .from(tenantKeys)
          .where(and(eq(tenantKeys.tenantId, tenantId), eq(tenantKeys.version, version)))
          .orderBy(desc(tenantKeys.version))
          .limit(1)
      const [existing] = await read()
      if (existing) return existing.wrapped
      const fresh = await keyRing.wrap(randomBytes(32), tenantId)
      await db.insert(tenantKeys).values({ tenantId, version, wrapped: fresh }).onConflictDoNothing()
      const [stored] = await read()
      if (!stored) throw new Error(`The data key of tenant ${tenantId} cannot be stored`)
      return stored.wrapped
    })
    return keyRing.unwrap(wrapped, tenantId)
  }

  function keyOf(tenantId: string): Promise<Buffer> {
    const cached = cache.get(tenantId)
    if (cached && cached.until > Date.now()) return cached.key
    const key = loadKey(tenantId, 1)
    cache.set(tenantId, { version: 1, key, until: Date.now() + keyLifetimeMs })
    key.catch(() => cache.delete(tenantId))
    return key
  }

  const context = (tenantId: string, place: SealedPlace) => [tenantId, place.table, place.column, place.row].join('|')

  return {
    forTenant: (tenantId) => ({
      seal: async (place, plain) => sealBytes(await keyOf(tenantId), Buffer.from(plain), context(tenantId, place)),
      open: async (place, sealed) => openBytes(await keyOf(tenantId), sealed, context(tenantId, place)).toString(),
    }),
    forget: (tenantId) => void cache.delete(tenantId),
  }
}
