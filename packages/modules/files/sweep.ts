import { tenants, type Runtime } from '@guildhall/kernel'
import { inArray } from 'drizzle-orm'
import type { Storage } from './file-store.ts'
import { files } from './schema.ts'

const hour = 3_600_000
/** Long enough that a write in progress is never taken for an orphan. */
const youngestMs = hour
/** Older ones are left alone: a database that was restored from a backup must not cost files that came later. */
const oldestMs = 7 * 24 * hour
const batch = 500

/**
 * Clears up after processes that died: unfinished writes, and bytes whose row was never written. Only the bytes of
 * tenants that this database knows are looked at.
 * @returns how many of each were removed.
 */
export async function sweepStorage(
  runtime: Runtime,
  storage: Storage,
): Promise<{ unfinished: number; orphans: number }> {
  const unfinished = await storage.sweep()
  const known = await runtime.database.within({ tenantId: null, readOnly: true }, (db) =>
    db.select({ id: tenants.id }).from(tenants),
  )
  let orphans = 0
  for (const { id } of known) {
    let suspects: string[] = []
    const check = async () => {
      if (suspects.length > 0) orphans += await removeOrphans(runtime, storage, id, suspects)
      suspects = []
    }
    for await (const object of storage.list(`${id}/`)) {
      if (runtime.shutdown.aborted) return { unfinished, orphans }
      const age = runtime.now().getTime() - object.modifiedAt.getTime()
      if (age > youngestMs && age < oldestMs) suspects.push(object.key)
      if (suspects.length >= batch) await check()
    }
    await check()
  }
  return { unfinished, orphans }
}

async function removeOrphans(
  runtime: Runtime,
  storage: Storage,
  tenantId: string,
  keys: readonly string[],
): Promise<number> {
  const rows = await runtime.database.within({ tenantId, readOnly: true }, (db) =>
    db
      .select({ id: files.id })
      .from(files)
      .where(inArray(files.id, keys.map(idOf))),
  )
  const listed = new Set(rows.map((row) => row.id))
  const orphans = keys.filter((key) => !listed.has(idOf(key)))
  for (const key of orphans) await storage.delete(key)
  return orphans.length
}

function idOf(key: string): string {
  return key.slice(key.indexOf('/') + 1)
}
