import type { Runtime } from '@guildhall/kernel'
import { and, eq } from 'drizzle-orm'
import type { Connection } from './connection.ts'
import { providerConnections } from './schema.ts'

/**
 * Leaves at the connection that it works or why it does not (`reason: message`), so that the next start knows. In the
 * name of the tenant whose key it is, whoever used it.
 */
export async function noteConnection(runtime: Runtime, connection: Connection, error: string | null): Promise<void> {
  const { ownerId, slug } = connection
  if (ownerId === null) return
  const values =
    error === null ? { lastOkAt: runtime.now() } : { lastError: error.slice(0, 1000), lastErrorAt: runtime.now() }
  await runtime.database.within({ tenantId: ownerId }, (db) =>
    db
      .update(providerConnections)
      .set(values)
      .where(and(eq(providerConnections.tenantId, ownerId), eq(providerConnections.slug, slug))),
  )
}
