import { sql } from 'drizzle-orm'
import type { z } from 'zod'
import { noticeChannel, noticeText, type Notice } from './broadcast.ts'
import type { Caller, Context, EnqueueOptions, TransactionContext, TransactionOptions } from './context.ts'
import type { Job } from './job.ts'
import type { Database } from './database.ts'
import { newId } from './ids.ts'
import type { Logger } from './log.ts'
import { Problem } from './problem.ts'
import type { Runtime } from './runtime.ts'
import { jobs, outboxEvents } from './schema.ts'

/** Facts that an operation adds to its audit row. */
export interface AuditFacts {
  targets: { type: string; id: string; name?: string }[]
  metadata: Record<string, unknown>
}

export interface ContextOptions {
  requestId?: string | undefined
  signal?: AbortSignal | undefined
  /** Collects what transactions of this context say for the audit row. */
  auditFacts?: AuditFacts | undefined
}

export function createContext(runtime: Runtime, caller: Caller, options: ContextOptions = {}): Context {
  const requestId = options.requestId ?? newId()
  const signal = options.signal ?? runtime.shutdown
  let log: Logger | undefined
  const context: Context = {
    caller,
    actor: caller.actor,
    get tenant() {
      if (!caller.tenant) throw missingTenant()
      return caller.tenant
    },
    services: runtime.services,
    get vault() {
      return runtime.vaults.forTenant(context.tenant.id)
    },
    requestId,
    signal,
    get log() {
      // Most requests log nothing, and a logger of one's own costs more than some of them.
      log ??= runtime.log.child({ requestId, ...(caller.tenant ? { tenant: caller.tenant.id } : {}) })
      return log
    },
    now: runtime.now,
    transaction: (work, transactionOptions) =>
      inTransaction(runtime, context, options.auditFacts, work, transactionOptions),
    call: async (operation, input) => {
      const output = await runtime.execute(operation, input, { caller, requestId, signal })
      return outputOf(operation, output)
    },
  }
  return context
}

/** `execute` has parsed the output with this very schema, which the catalogue's type cannot express. */
function outputOf<O extends z.ZodType>(_operation: { output: O }, output: unknown): z.output<O> {
  return output as z.output<O>
}

export function missingTenant(): Problem {
  return new Problem({
    status: 400,
    type: 'tenant-required',
    title: 'Which client?',
    detail: 'This request works for one client. Name it with the header `x-guildhall-client: <slug>`.',
    errors: [{ field: 'x-guildhall-client', message: 'header is missing' }],
  })
}

interface Pending {
  rows: (typeof outboxEvents.$inferInsert)[]
  work: (typeof jobs.$inferInsert)[]
}

/**
 * A transaction of a context; events and jobs are written at its end, so that they stand or fall with it.
 * @param last see TenantDatabase.within
 */
export async function inTransaction<T>(
  runtime: Runtime,
  context: Context,
  facts: AuditFacts | undefined,
  work: (ctx: TransactionContext) => Promise<T>,
  options: TransactionOptions = {},
  last?: (db: Database, result: T) => Promise<unknown> | null,
): Promise<T> {
  const tenantId = context.caller.tenant?.id ?? null
  const userId = context.actor.type === 'user' ? context.actor.id : null
  const scope = { tenantId, userId, readable: options.alsoRead ?? [], readOnly: options.readOnly ?? false }
  const notices: Notice[] = []
  const run = async (db: Database) => {
    const pending: Pending = { rows: [], work: [] }
    notices.length = 0
    const transaction: TransactionContext = Object.create(context, {
      db: { value: db },
      emit: {
        value: (name: string, payload: Record<string, unknown>) =>
          pending.rows.push({ id: newId(), tenantId: context.tenant.id, name, payload, requestId: context.requestId }),
      },
      audit: {
        value: (more: Partial<AuditFacts>) => {
          facts?.targets.push(...(more.targets ?? []))
          Object.assign(facts?.metadata ?? {}, more.metadata)
        },
      },
      notice: { value: (topic: string, subject: string) => void notices.push({ topic, subject }) },
      enqueue: {
        value: (job: Job, payload: unknown, enqueueOptions: EnqueueOptions = {}) =>
          pending.work.push({
            id: newId(),
            tenantId: context.tenant.id,
            name: job.name,
            payload: job.payload.parse(payload),
            maxAttempts: job.maxAttempts ?? 5,
            ...(enqueueOptions.key ? { key: enqueueOptions.key } : {}),
            ...(enqueueOptions.runAt ? { runAt: enqueueOptions.runAt } : {}),
          }),
      },
    })
    const result = await work(transaction)
    if (pending.rows.length > 0) await db.insert(outboxEvents).values(pending.rows)
    if (pending.work.length > 0) await db.insert(jobs).values(pending.work).onConflictDoNothing()
    for (const notice of notices) await db.execute(sql`select pg_notify(${noticeChannel}, ${noticeText(notice)})`)
    return result
  }
  const result = await runtime.database.within(scope, run, last)
  for (const notice of notices) runtime.broadcast.receive(notice)
  return result
}
