import { jobs, type HealthReport, type Runtime } from '@guildhall/kernel'
import { and, eq, gt, lt, sql } from 'drizzle-orm'

const lateSeconds = 120

/** Work that waits too long or has been given up lately, over all tenants; the worker role sees nothing but the queue. */
export async function jobsHealth(runtime: Runtime): Promise<HealthReport> {
  const started = performance.now()
  const [late, failed] = await runtime.database.asWorker(async (db) => [
    await db.$count(
      jobs,
      and(eq(jobs.state, 'queued'), lt(jobs.runAt, sql`now() - make_interval(secs => ${lateSeconds})`)),
    ),
    await db.$count(jobs, and(eq(jobs.state, 'failed'), gt(jobs.createdAt, sql`now() - interval '1 day'`))),
  ])
  const latencyMs = performance.now() - started
  if (late > 0)
    return {
      name: 'jobs',
      state: 'degraded',
      detail: `${String(late)} jobs have been waiting for more than two minutes; they run when the queue has caught up.`,
      latencyMs,
    }
  return {
    name: 'jobs',
    state: 'ok',
    detail: failed > 0 ? `No job waits; ${String(failed)} were given up in the last day.` : 'No job waits.',
    latencyMs,
  }
}
