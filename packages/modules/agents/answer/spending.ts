import type { Context } from '@guildhall/kernel'
import { runAttempts, runs } from '@guildhall/modules/runs'
import { and, eq, gte, sql, type SQL } from 'drizzle-orm'

/** USD micro-units that an agent's attempts have cost since midnight UTC, those of runs that are not over included. */
export async function spentToday(ctx: Context, agentId: string): Promise<number> {
  const midnight = new Date(ctx.now())
  midnight.setUTCHours(0, 0, 0, 0)
  return spent(ctx, and(eq(runs.agentId, agentId), gte(runAttempts.startedAt, midnight)))
}

/** USD micro-units that the attempts of a run have cost so far. Attempts of unknown price do not count. */
export function spentInRun(ctx: Context, runId: string): Promise<number> {
  return spent(ctx, eq(runs.id, runId))
}

async function spent(ctx: Context, where: SQL | undefined): Promise<number> {
  const [row] = await ctx.transaction(
    ({ db }) =>
      db
        .select({ micros: sql<string>`coalesce(sum(${runAttempts.costMicros}), 0)` })
        .from(runAttempts)
        .innerJoin(runs, and(eq(runs.tenantId, runAttempts.tenantId), eq(runs.id, runAttempts.runId)))
        .where(and(eq(runAttempts.tenantId, ctx.tenant.id), where)),
    { readOnly: true },
  )
  return Number(row?.micros ?? 0)
}
