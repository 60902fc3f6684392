import { createLogger, parseConfig, systemCaller, tenants, type Caller, type Tenant } from '@guildhall/kernel'
import { and, eq, isNull } from 'drizzle-orm'
import { startInstallation, type Installation } from '../installation.ts'
import { consoleDir } from './console-dir.ts'

/** Runs `work` on the store of this data folder without serving; joins the database of a running server. */
export async function withInstallation<T>(work: (installation: Installation) => Promise<T>): Promise<T> {
  const config = parseConfig(process.env)
  const log = createLogger(config.GUILDHALL_LOG_LEVEL === 'info' ? 'warn' : config.GUILDHALL_LOG_LEVEL)
  const installation = await startInstallation({ config, log, progress: () => undefined, consoleDir, listen: false })
  try {
    return await work(installation)
  } finally {
    await installation.stop()
  }
}

/** The operator of this machine, acting for the agency or for one of its clients. */
export async function operatorCaller(installation: Installation, clientSlug?: string): Promise<Caller> {
  const rows = await installation.runtime.database.within({ tenantId: null, readOnly: true }, (db) =>
    db
      .select()
      .from(tenants)
      .where(
        clientSlug === undefined
          ? eq(tenants.kind, 'agency')
          : and(eq(tenants.kind, 'client'), eq(tenants.slug, clientSlug), isNull(tenants.archivedAt)),
      ),
  )
  const [row] = rows
  if (!row)
    throw new Error(
      clientSlug === undefined ? 'There is no agency yet. Start the server once.' : `There is no client ${clientSlug}.`,
    )
  if (rows.length > 1)
    throw new Error(`Several agencies have a client ${String(clientSlug)}; use the API with a key of the right one.`)
  const tenant: Tenant = { id: row.id, kind: row.kind, slug: row.slug, name: row.name, agencyId: row.agencyId }
  return systemCaller(tenant, 'Operator')
}
