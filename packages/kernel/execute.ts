import { createHash } from 'node:crypto'
import { and, eq, lt } from 'drizzle-orm'
import type { z } from 'zod'
import { authorize } from './authorize.ts'
import type { Caller, Context, TransactionContext } from './context.ts'
import { createContext, inTransaction, type AuditFacts } from './create-context.ts'
import type { Database } from './database.ts'
import { newId } from './ids.ts'
import { isRead, type AnyOperation } from './operation.ts'
import { asProblem, invalidInput, Problem, type FieldProblem } from './problem.ts'
import type { Runtime } from './runtime.ts'
import { auditEvents, idempotencyKeys } from './schema.ts'

export interface ExecuteOptions {
  caller: Caller
  requestId?: string
  signal?: AbortSignal
  /** The caller's key for a safe retry; only for operations that change something. */
  idempotencyKey?: string
}

/**
 * Runs one operation for one caller. The order is the same for all: permission, validation, transaction, run,
 * validation of the output, audit row, events, commit.
 * @throws Problem for everything that is the caller's to mend; anything else is a bug.
 */
export async function execute(
  runtime: Runtime,
  operation: AnyOperation,
  input: unknown,
  options: ExecuteOptions,
): Promise<unknown> {
  const { caller } = options
  try {
    authorize(operation, caller)
  } catch (error) {
    await recordRefusal(runtime, operation, options, error)
    throw error
  }
  const parsed = parseInput(operation, input)
  const facts: AuditFacts = { targets: [], metadata: {} }
  const context = createContext(runtime, caller, {
    requestId: options.requestId,
    signal: options.signal,
    auditFacts: facts,
  })
  const read = isRead(operation)
  const replay =
    !read && options.idempotencyKey !== undefined && caller.tenant
      ? startReplay(operation, parsed, options.idempotencyKey, caller)
      : null
  const record = async (db: Database, outcome: 'ok' | 'failed', detail?: string) => {
    if (read || !caller.tenant) return
    await db.insert(auditEvents).values(auditRow(operation, context, parsed, facts, outcome, detail))
  }

  if (operation.external) {
    if (replay) {
      const earlier = await context.transaction((ctx) => replay.claim(ctx))
      if (earlier) return earlier.response
    }
    try {
      const output = parseOutput(operation, await operation.run(parsed, context))
      if (!read)
        await context.transaction(async (ctx) => Promise.all([record(ctx.db, 'ok'), replay?.settle(ctx, output)]))
      return output
    } catch (error) {
      if (!read)
        await context.transaction(async (ctx) =>
          Promise.all([record(ctx.db, 'failed', asProblem(error).type), replay?.release(ctx)]),
        )
      throw error
    }
  }

  let replayed: { response: unknown } | null = null
  const result = await inTransaction(
    runtime,
    context,
    facts,
    async (ctx) => {
      replayed = (await replay?.claim(ctx)) ?? null
      if (replayed) return null
      const output = parseOutput(operation, await operation.run(parsed, ctx))
      await replay?.settle(ctx, output)
      return { output }
    },
    { readOnly: read },
    // The row that says it happened stands or falls with what happened.
    (db, done) => (done && !read ? record(db, 'ok') : null),
  )
  return result ? result.output : (replayed as { response: unknown } | null)?.response
}

/** Somebody who is known here tried to change what they may not: the people in charge want to see that. */
async function recordRefusal(
  runtime: Runtime,
  operation: AnyOperation,
  options: ExecuteOptions,
  error: unknown,
): Promise<void> {
  const { caller } = options
  if (!(error instanceof Problem) || error.status !== 403 || !caller.tenant || isRead(operation)) return
  const context = createContext(runtime, caller, { requestId: options.requestId })
  const facts = { targets: [], metadata: {} }
  await context.transaction((ctx) =>
    ctx.db.insert(auditEvents).values(auditRow(operation, context, null, facts, 'denied', undefined)),
  )
}

function parseInput(operation: AnyOperation, input: unknown): unknown {
  const parsed = operation.input.safeParse(input ?? {})
  if (!parsed.success) throw invalidInput(fieldProblems(parsed.error))
  return parsed.data
}

/** @throws Error (a bug, answers 500) when an operation returns what its schema does not describe. */
function parseOutput(operation: AnyOperation, output: unknown): unknown {
  const parsed = operation.output.safeParse(output)
  if (!parsed.success)
    throw new Error(`${operation.name} returned what its schema does not allow: ${parsed.error.message}`)
  return parsed.data
}

export function fieldProblems(error: z.ZodError): FieldProblem[] {
  return error.issues.slice(0, 20).map((issue) => ({ field: issue.path.join('.'), message: issue.message }))
}

function auditRow(
  operation: AnyOperation,
  context: Context,
  input: unknown,
  facts: AuditFacts,
  outcome: 'ok' | 'failed' | 'denied',
  detail: string | undefined,
): typeof auditEvents.$inferInsert {
  const { actor } = context
  return {
    id: newId(),
    tenantId: context.tenant.id,
    action: operation.name,
    actorType: actor.type,
    actorId: actor.id,
    actorName: actor.name,
    targets: facts.targets.length > 0 ? facts.targets : targetsOf(input),
    metadata: { ...facts.metadata, ...(detail ? { problem: detail } : {}) },
    outcome,
    requestId: context.requestId,
  }
}

/** Without a word from the operation, the ids in its input are what it acted on. */
function targetsOf(input: unknown): { type: string; id: string }[] {
  if (typeof input !== 'object' || input === null) return []
  return Object.entries(input).flatMap(([name, value]) =>
    typeof value === 'string' && /(^id|Id)$/.test(name)
      ? [{ type: name === 'id' ? 'target' : name.slice(0, -2), id: value }]
      : [],
  )
}

/** Days that an answer can be repeated. */
const keptDays = 7

/** Now and then, in passing: keys that nobody will repeat any more. No schedule to run, and no request pays for many. */
async function forgetOldKeys(ctx: TransactionContext): Promise<void> {
  if (Math.random() > 0.01) return
  const before = new Date(ctx.now().getTime() - keptDays * 86_400_000)
  await ctx.db
    .delete(idempotencyKeys)
    .where(and(eq(idempotencyKeys.tenantId, ctx.tenant.id), lt(idempotencyKeys.createdAt, before)))
}

interface Replay {
  /** Takes the key, or returns the response that it was answered with. */
  claim(ctx: TransactionContext): Promise<{ response: unknown } | null>
  settle(ctx: TransactionContext, output: unknown): Promise<void>
  release(ctx: TransactionContext): Promise<void>
}

/** Seconds after which the claim of a process that died is taken over. */
const abandonedAfterMs = 15 * 60_000

/** Draft "The Idempotency-Key HTTP Header Field" (IETF httpapi): same key and body = same answer, another body = 422. */
function startReplay(operation: AnyOperation, input: unknown, key: string, caller: Caller): Replay {
  if (key.length < 1 || key.length > 255)
    throw invalidInput([{ field: 'Idempotency-Key', message: 'must have 1 to 255 characters' }])
  const actor = `${caller.actor.type}:${caller.actor.id}`
  const requestHash = createHash('sha256')
    .update(JSON.stringify([operation.name, input]))
    .digest('base64url')
  const place = { table: 'idempotency_keys', column: 'response', row: `${actor}|${key}` }
  const mine = (tenantId: string) =>
    and(eq(idempotencyKeys.tenantId, tenantId), eq(idempotencyKeys.actor, actor), eq(idempotencyKeys.key, key))
  return {
    async claim(ctx) {
      const tenantId = ctx.tenant.id
      const inserted = await ctx.db
        .insert(idempotencyKeys)
        .values({ tenantId, key, actor, operation: operation.name, requestHash, state: 'running' })
        .onConflictDoNothing()
        .returning({ key: idempotencyKeys.key })
      if (inserted.length > 0) {
        await forgetOldKeys(ctx)
        return null
      }
      const [earlier] = await ctx.db.select().from(idempotencyKeys).where(mine(tenantId)).for('update')
      if (!earlier) return null
      if (earlier.requestHash !== requestHash)
        throw new Problem({
          status: 422,
          type: 'idempotency-key-reused',
          title: 'Idempotency key was used for another request',
          detail:
            'This Idempotency-Key was sent before with another body or for another operation. Use a new key for a new request.',
          errors: [{ field: 'Idempotency-Key', message: 'was used with another request' }],
        })
      if (earlier.state === 'done' && earlier.response !== null)
        return { response: JSON.parse(await ctx.vault.open(place, earlier.response)) }
      if (ctx.now().getTime() - earlier.createdAt.getTime() < abandonedAfterMs)
        throw new Problem({
          status: 409,
          type: 'idempotency-key-in-use',
          title: 'The first request is still running',
          detail: 'A request with this Idempotency-Key has not finished. Try again shortly.',
          headers: { 'retry-after': '2' },
        })
      await ctx.db.update(idempotencyKeys).set({ createdAt: ctx.now() }).where(mine(tenantId))
      return null
    },
    async settle(ctx, output) {
      const response = await ctx.vault.seal(place, JSON.stringify(output ?? null))
      await ctx.db.update(idempotencyKeys).set({ state: 'done', response }).where(mine(ctx.tenant.id))
    },
    async release(ctx) {
      await ctx.db.delete(idempotencyKeys).where(mine(ctx.tenant.id))
    },
  }
}
