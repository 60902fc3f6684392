import { isKnownDead, tenants, thisProcess, type Runtime } from '@guildhall/kernel'
import { and, eq, inArray, lt, sql, type SQL } from 'drizzle-orm'
import { runAttempts, runs, runSteps } from './schema.ts'

/** A run whose process has not renewed it for this long belongs to a process that died. */
export const leaseSeconds = 90
const renewEveryMs = 20_000
const lookEveryMs = 60_000

/** The runs that this process has open. */
export interface OpenRuns {
  readonly processId: string
  add(runId: string, tenantId: string): void
  remove(runId: string): void
  byTenant(): Map<string, string[]>
}

export function createOpenRuns(): OpenRuns {
  const open = new Map<string, string>()
  return {
    processId: thisProcess,
    add: (runId, tenantId) => void open.set(runId, tenantId),
    remove: (runId) => void open.delete(runId),
    byTenant: () => {
      const grouped = new Map<string, string[]>()
      for (const [runId, tenantId] of open) grouped.set(tenantId, [...(grouped.get(tenantId) ?? []), runId])
      return grouped
    },
  }
}

/** Says that this process still works on its runs. */
async function renewLeases(runtime: Runtime, openRuns: OpenRuns): Promise<void> {
  for (const [tenantId, ids] of openRuns.byTenant())
    await runtime.database.within({ tenantId }, (db) =>
      db
        .update(runs)
        .set({ leaseUntil: sql`now() + make_interval(secs => ${leaseSeconds})` })
        .where(and(eq(runs.tenantId, tenantId), inArray(runs.id, ids), eq(runs.status, 'running'))),
    )
}

/**
 * Marks runs of dead processes as interrupted, with the sums of what their attempts have cost. Runs of other living
 * processes hold a lease and are left alone.
 * @returns how many runs were marked
 */
export async function markInterrupted(runtime: Runtime): Promise<number> {
  let marked = 0
  for (const { tenantId, processId } of await abandonedRuns(runtime))
    marked += await interrupt(
      runtime,
      tenantId,
      and(eq(runs.processId, processId), isKnownDead(processId) ? undefined : lt(runs.leaseUntil, sql`now()`)),
      'The process that worked on it ended before it did.',
    )
  return marked
}

/** Open runs whose lease has run out, or whose process is known to be gone: then nobody needs to wait. */
async function abandonedRuns(runtime: Runtime): Promise<{ tenantId: string; processId: string }[]> {
  const ids = await runtime.database.within({ tenantId: null, readOnly: true }, (db) =>
    db.select({ id: tenants.id }).from(tenants),
  )
  const found: { tenantId: string; processId: string }[] = []
  for (let from = 0; from < ids.length; from += 500) {
    const readable = ids.slice(from, from + 500).map((row) => row.id)
    const rows = await runtime.database.within({ tenantId: null, readable, readOnly: true }, (db) =>
      db
        .selectDistinct({
          tenantId: runs.tenantId,
          processId: runs.processId,
          expired: sql<boolean>`${runs.leaseUntil} < now()`,
        })
        .from(runs)
        .where(and(inArray(runs.tenantId, readable), eq(runs.status, 'running'))),
    )
    found.push(...rows.filter((row) => row.expired || isKnownDead(row.processId)))
  }
  return found
}

async function interrupt(runtime: Runtime, tenantId: string, which: SQL | undefined, error: string): Promise<number> {
  return runtime.database.within({ tenantId }, async (db) => {
    const rows = await db
      .update(runs)
      .set({
        status: 'interrupted',
        error,
        endedAt: sql`now()`,
        leaseUntil: null,
        ms: sql`least(2147483647, extract(epoch from now() - ${runs.startedAt}) * 1000)::int`,
      })
      .where(and(eq(runs.tenantId, tenantId), eq(runs.status, 'running'), which))
      .returning({ id: runs.id })
    for (const { id } of rows) {
      const ofRun = and(eq(runAttempts.tenantId, tenantId), eq(runAttempts.runId, id))
      const [sums] = await db
        .select({
          tokensIn: sql<number>`coalesce(sum(${runAttempts.tokensIn}), 0)::int`,
          tokensOut: sql<number>`coalesce(sum(${runAttempts.tokensOut}), 0)::int`,
          tokensCached: sql<number>`coalesce(sum(${runAttempts.tokensCached}), 0)::int`,
          costMicros: sql<number>`coalesce(sum(${runAttempts.costMicros}), 0)::float8`,
          attempts: sql<number>`count(*)::int`,
        })
        .from(runAttempts)
        .where(ofRun)
      // What the interrupted call itself has cost is not known.
      await db
        .update(runs)
        .set({ ...sums, costComplete: false })
        .where(and(eq(runs.tenantId, tenantId), eq(runs.id, id)))
      await db
        .update(runSteps)
        .set({ status: 'interrupted', error })
        .where(and(eq(runSteps.tenantId, tenantId), eq(runSteps.runId, id), eq(runSteps.status, 'running')))
    }
    return rows.length
  })
}

/** Renews this process's leases and looks for runs of dead ones, until stopped; at the stop its own open runs are marked. */
export async function keepLeases(runtime: Runtime, openRuns: OpenRuns): Promise<() => Promise<void>> {
  const quietly = (work: () => Promise<unknown>, what: string) => () =>
    void work().catch((error: unknown) => runtime.log.warn({ err: error }, what))
  await markInterrupted(runtime)
  const renewal = setInterval(
    quietly(() => renewLeases(runtime, openRuns), 'leases of runs not renewed'),
    renewEveryMs,
  )
  const look = setInterval(
    quietly(() => markInterrupted(runtime), 'abandoned runs not marked'),
    lookEveryMs,
  )
  renewal.unref()
  look.unref()
  return async () => {
    clearInterval(renewal)
    clearInterval(look)
    for (const [tenantId, ids] of openRuns.byTenant())
      await interrupt(runtime, tenantId, inArray(runs.id, ids), 'The server was stopped while it ran.')
  }
}
