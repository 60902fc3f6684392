import type { Logger, TenantDatabase } from '@guildhall/kernel'
import { and, eq, isNull, lt, or } from 'drizzle-orm'
import type { FoundKey } from './remember-keys.ts'
import { apiKeys } from './schema.ts'

/** How exact "last used" is; a key that is used often must not write with each request. */
const exactMs = 60_000
const maxKeys = 10_000

/** Writes when keys were last used, at most once a minute each, and nobody waits for it. */
export function noteUse({ database, now, log }: { database: TenantDatabase; now: () => Date; log: Logger }) {
  /** Milliseconds since 1970 at which this process last wrote, by key. */
  const noted = new Map<string, number>()
  const writing = new Set<Promise<unknown>>()

  async function write(key: FoundKey, at: Date): Promise<void> {
    const stale = new Date(at.getTime() - exactMs)
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

  return {
    note(key: FoundKey): void {
      const at = now()
      const last = noted.get(key.id) ?? key.lastUsedAt?.getTime() ?? Number.NEGATIVE_INFINITY
      if (at.getTime() - last < exactMs) return
      if (noted.size >= maxKeys) noted.clear()
      noted.set(key.id, at.getTime())
      const written = write(key, at)
        .catch((error: unknown) => {
          noted.delete(key.id)
          log.warn({ err: error }, 'last use of an API key not written')
        })
        .finally(() => writing.delete(written))
      writing.add(written)
    },
    async written(): Promise<void> {
      await Promise.all(writing)
    },
  }
}
