import { and, eq, inArray, lt, lte, or, sql } from 'drizzle-orm'
import type { Tenant } from './context.ts'
import type { Job } from './job.ts'
import type { Runtime } from './runtime.ts'
import { isKnownDead, thisProcess } from './process-identity.ts'
import { jobs, tenants } from './schema.ts'

export interface WorkerOptions {
  /** Jobs that run at once in this process. */
  concurrency?: number
  /** Milliseconds between looks at an empty queue. */
  pollMs?: number
}

export interface Worker {
  /** Looks at once instead of at the next poll; called after a commit that queued work. */
  wake(): void
  /** Takes no new job, waits for the running ones (at most `graceMs`), gives back what did not finish. */
  stop(graceMs?: number): Promise<void>
}

/** Seconds that a process holds a job without renewing. */
const leaseSeconds = 60

type Claimed = typeof jobs.$inferSelect

/** Runs durable jobs: claims with SKIP LOCKED under a lease, retries with exponential backoff, leaves failures visible. */
export function startWorker(runtime: Runtime, options: WorkerOptions = {}): Worker {
  const concurrency = options.concurrency ?? 3
  const pollMs = options.pollMs ?? 1000
  const running = new Map<string, Promise<void>>()
  const stopping = new AbortController()
  let timer: NodeJS.Timeout | undefined
  let claiming = false
  let again = false

  async function claim(limit: number): Promise<Claimed[]> {
    const names = [...runtime.catalogue.jobs.keys()]
    if (limit <= 0 || names.length === 0) return []
    return runtime.database.asWorker(async (db) => {
      const due = db
        .select({ id: jobs.id })
        .from(jobs)
        .where(
          and(
            inArray(jobs.name, names),
            or(
              and(eq(jobs.state, 'queued'), lte(jobs.runAt, sql`now()`)),
              and(eq(jobs.state, 'running'), lt(jobs.leaseUntil, sql`now()`)),
            ),
          ),
        )
        .orderBy(jobs.runAt)
        .limit(limit)
        .for('update', { skipLocked: true })
      return db
        .update(jobs)
        .set({
          state: 'running',
          attempts: sql`${jobs.attempts} + 1`,
          owner: thisProcess,
          leaseUntil: sql`now() + make_interval(secs => ${leaseSeconds})`,
        })
        .where(inArray(jobs.id, due))
        .returning()
    })
  }

  /** Jobs of a process of this machine that is gone need not wait for their lease. */
  async function takeOverFromTheDead(): Promise<void> {
    await runtime.database.asWorker(async (db) => {
      const owners = await db.selectDistinct({ owner: jobs.owner }).from(jobs).where(eq(jobs.state, 'running'))
      const dead = owners.flatMap(({ owner }) => (owner !== null && isKnownDead(owner) ? [owner] : []))
      if (dead.length > 0)
        await db
          .update(jobs)
          .set({ leaseUntil: sql`now()` })
          .where(and(eq(jobs.state, 'running'), inArray(jobs.owner, dead)))
    })
  }

  async function tenantOf(id: string): Promise<Tenant | null> {
    const [row] = await runtime.database.within({ tenantId: id, readOnly: true }, (db) =>
      db.select().from(tenants).where(eq(tenants.id, id)),
    )
    return row ? { id: row.id, kind: row.kind, slug: row.slug, name: row.name, agencyId: row.agencyId } : null
  }

  const settle = (row: Claimed, values: Partial<typeof jobs.$inferInsert>) =>
    runtime.database.within({ tenantId: row.tenantId }, (db) =>
      db
        .update(jobs)
        .set({ ...('leaseUntil' in values ? {} : { leaseUntil: null, owner: null }), ...values })
        .where(and(eq(jobs.tenantId, row.tenantId), eq(jobs.id, row.id))),
    )

  async function work(row: Claimed, definition: Job): Promise<void> {
    const log = runtime.log.child({ job: row.name, jobId: row.id, tenant: row.tenantId })
    const tenant = await tenantOf(row.tenantId)
    if (!tenant) return
    const signal = AbortSignal.any([runtime.shutdown, stopping.signal])
    const caller = {
      actor: { type: 'job' as const, id: row.id, name: row.name },
      tenant,
      role: 'owner' as const,
      scopes: null,
      method: 'internal' as const,
    }
    const context = runtime.context(caller, { requestId: row.id, signal })
    const renewal = setInterval(() => {
      settle(row, { leaseUntil: new Date(Date.now() + leaseSeconds * 1000) }).catch((error) =>
        log.warn({ error }, 'lease not renewed'),
      )
    }, 20_000)
    try {
      const payload = definition.payload.parse(row.payload)
      try {
        await definition.run(payload, context)
        await settle(row, { state: 'done', finishedAt: new Date(), lastError: null })
      } catch (error) {
        const cause = error instanceof Error ? error : new Error(String(error))
        if (signal.aborted) {
          await settle(row, { state: 'queued', attempts: row.attempts - 1 })
        } else if (row.attempts >= row.maxAttempts) {
          log.error({ err: cause }, 'job failed for good')
          await settle(row, { state: 'failed', finishedAt: new Date(), lastError: cause.message })
          await definition.failed?.(payload, cause, context)
        } else {
          log.warn({ err: cause, attempt: row.attempts }, 'job failed, will retry')
          await settle(row, {
            state: 'queued',
            runAt: new Date(Date.now() + backoffMs(row.attempts)),
            lastError: cause.message,
          })
        }
      }
    } finally {
      clearInterval(renewal)
    }
  }

  async function round(): Promise<void> {
    if (claiming) {
      again = true
      return
    }
    claiming = true
    try {
      const rows = await claim(concurrency - running.size)
      for (const row of rows) {
        const definition = runtime.catalogue.jobs.get(row.name)
        if (!definition) continue
        const done = work(row, definition)
          .catch((error) => runtime.log.error({ err: error, job: row.name }, 'job could not be settled'))
          .finally(() => {
            running.delete(row.id)
            wake()
          })
        running.set(row.id, done)
      }
    } catch (error) {
      if (!stopping.signal.aborted) runtime.log.error({ err: error }, 'job queue could not be read')
    } finally {
      claiming = false
      schedule(again ? 0 : pollMs)
      again = false
    }
  }

  function schedule(delay: number): void {
    clearTimeout(timer)
    if (!stopping.signal.aborted) timer = setTimeout(() => void round(), delay)
  }
  function wake(): void {
    if (claiming) again = true
    else schedule(0)
  }

  void takeOverFromTheDead()
    .catch((error: unknown) => runtime.log.error({ err: error }, 'jobs of dead processes were not taken over'))
    .finally(() => schedule(0))
  return {
    wake,
    async stop(graceMs = 10_000) {
      clearTimeout(timer)
      stopping.abort(new Error('shutting down'))
      await Promise.race([
        Promise.allSettled(running.values()),
        new Promise((resolve) => setTimeout(resolve, graceMs).unref()),
      ])
    },
  }
}

/** Exponential backoff with full jitter (Brooker, AWS Architecture Blog, 2015): up to 2, 4, 8 ... 300 seconds. */
function backoffMs(attempt: number): number {
  return Math.random() * Math.min(300, 2 ** attempt) * 1000
}
