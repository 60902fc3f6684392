import { insertRows, systemCaller, type Runtime, type Tenant } from '@guildhall/kernel'
import { bookUsage } from '@guildhall/modules/ledger'
import { sql } from 'drizzle-orm'
import { storePayloads } from '../payload.ts'
import { runAttempts, runs, runSteps } from '../schema.ts'
import type { SpoolLine } from './spooled-call.ts'

/**
 * From so many on, plans are made anew. A connection keeps the plan that foreign keys are checked with; one that was made
 * while the tables were empty, and had no statistics, reads all runs of the tenant for each row.
 */
const manyLines = 50

/** Writes whole calls, tenant by tenant, each tenant's in one transaction. Rows that are there already stay as they are. */
export async function writeCalls(runtime: Runtime, retentionDays: number, lines: readonly SpoolLine[]): Promise<void> {
  const byTenant = Map.groupBy(lines, (line) => line.call.tenant.id)
  for (const those of byTenant.values()) {
    const tenant = those[0]?.call.tenant
    if (tenant) await writeTenant(runtime, retentionDays, tenant, those)
  }
}

async function writeTenant(
  runtime: Runtime,
  retentionDays: number,
  tenant: Tenant,
  lines: readonly SpoolLine[],
): Promise<void> {
  const calls = lines.map((line) => line.call)
  const ctx = runtime.context(systemCaller(tenant, 'Journal'))
  await ctx.transaction(async (tx) => {
    if (lines.length >= manyLines) await tx.db.execute(sql`discard plans`)
    await storePayloads(
      tx,
      calls.flatMap((call) => call.payloads),
      retentionDays,
    )
    await insertRows(
      tx.db,
      runs,
      calls.map((call) => call.run),
    )
    await insertRows(
      tx.db,
      runSteps,
      calls.flatMap((call) => call.steps),
    )
    await insertRows(
      tx.db,
      runAttempts,
      calls.flatMap((call) => call.attempts),
    )
    await bookUsage(
      tx,
      calls.flatMap((call) => call.usage),
    )
  })
}
