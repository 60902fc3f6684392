import { systemCaller, type Database, type Runtime, type Tenant } from '@guildhall/kernel'
import { bookUsage } from '@guildhall/modules/ledger'
import { getTableColumns, getTableName, sql, type Table } from 'drizzle-orm'
import { storePayloads } from '../payload.ts'
import { runAttempts, runs, runSteps } from '../schema.ts'
import type { SpoolLine } from './spooled-call.ts'

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

/** Many rows as one parameter: the database takes a JSON apart faster than a statement with thousands of parameters is written. */
async function insertRows(db: Database, table: Table, rows: readonly Record<string, unknown>[]): Promise<void> {
  const first = rows[0]
  if (!first) return
  const columns = Object.entries(getTableColumns(table)).filter(([property]) => property in first)
  const named = rows.map((row) => Object.fromEntries(columns.map(([property, column]) => [column.name, row[property]])))
  const names = sql.join(
    columns.map(([, column]) => sql.identifier(column.name)),
    sql`, `,
  )
  const into = sql.identifier(getTableName(table))
  await db.execute(
    sql`insert into ${into} (${names}) select ${names} from json_populate_recordset(null::${into}, ${JSON.stringify(named)}::json) on conflict do nothing`,
  )
}
