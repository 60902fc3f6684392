import { setTimeout } from 'node:timers/promises'
import { newId, type Context } from '@guildhall/kernel'
import { bookUsage } from '@guildhall/modules/ledger'
import { and, eq } from 'drizzle-orm'
import type { AttemptRecord, Outcome, RunHandle, RunTotals, StepHandle, StepOptions } from './journal.ts'
import { attemptRow, usageOf } from './attempt-row.ts'
import { preparePayload, storePayloads } from './payload.ts'
import { runAttempts, runs, runSteps } from './schema.ts'
import { shorten } from './shorten.ts'
import { addUp } from './total.ts'

/** How long the end of a run waits for its open steps, in milliseconds. */
const settleMs = 2000

export interface OpenRunOptions {
  id: string
  projectId: string | null
  agentId: string | null
  retentionDays: number
  /** Told once when the run has ended. */
  onEnd(): void
}

/** A run that this process works on. Its row exists; steps are written as they end, sums with the end of the run. */
export function openRun(ctx: Context, options: OpenRunOptions): RunHandle {
  const runId = options.id
  const tenantId = ctx.tenant.id
  const startedMs = performance.now()
  const attempts: AttemptRecord[] = []
  /** Steps whose end has not been written, with what resolves when it has. */
  const openSteps = new Map<Awaited<ReturnType<RunHandle['openStep']>>, Promise<void>>()
  let steps = 0
  let ended: Promise<RunTotals> | undefined

  async function openStep(step: StepOptions): ReturnType<RunHandle['openStep']> {
    const id = newId()
    const startedAt = ctx.now()
    const stepStartedMs = performance.now()
    const mine: AttemptRecord[] = []
    const facts: Record<string, unknown> = {}
    let output: unknown
    let ending: Promise<void> | undefined
    const row = { id, tenantId, runId, position: steps++, kind: step.kind, name: step.name, startedAt }

    // Not waited for: the work may begin while its row is written. The end writes the whole row again if this failed.
    const begun = ctx
      .transaction((tx) => tx.db.insert(runSteps).values({ ...row, status: 'running' }))
      .catch((error: unknown) => ctx.log.warn({ err: error, run: runId }, 'start of a step could not be written'))

    async function write(outcome: Exclude<Outcome, 'running'>, error: string | undefined): Promise<void> {
      const [input, result] = await Promise.all([preparePayload(ctx, step.input), preparePayload(ctx, output), begun])
      const values = {
        status: outcome,
        inputHash: input?.hash ?? null,
        outputHash: result?.hash ?? null,
        facts,
        error: error === undefined ? null : shorten(error, 2000),
        ms: since(stepStartedMs),
      }
      await ctx.transaction(async (tx) => {
        await storePayloads(tx, [input, result], options.retentionDays)
        await tx.db
          .insert(runSteps)
          .values({ ...row, ...values })
          .onConflictDoUpdate({ target: runSteps.id, set: values })
        if (mine.length === 0) return
        const rows = mine.map((attempt, position) => attemptRow(attempt, { tenantId, runId, stepId: id, position }))
        await tx.db.insert(runAttempts).values(rows)
        await bookUsage(
          tx,
          rows.map((attempt, at) => usageOf(attempt, mine[at], { actor: ctx.actor, run: options })),
        )
      })
    }

    const finished = Promise.withResolvers<void>()
    const handle: Awaited<ReturnType<RunHandle['openStep']>> = {
      id,
      attempt(record) {
        mine.push(record)
        attempts.push(record)
      },
      output(value) {
        output = value
      },
      facts(values) {
        Object.assign(facts, values)
      },
      end(outcome, error) {
        ending ??= write(outcome, error).finally(() => {
          openSteps.delete(handle)
          finished.resolve()
        })
        return ending
      },
    }
    openSteps.set(handle, finished.promise)
    return handle
  }

  async function step<T>(stepOptions: StepOptions, work: (step: StepHandle) => Promise<T>): Promise<T> {
    const open = await openStep(stepOptions)
    let value: T
    try {
      value = await work(open)
    } catch (error) {
      await open.end(outcomeOf(error, ctx.signal), messageOf(error))
      throw error
    }
    await open.end('ok')
    return value
  }

  /** A stream that was stopped settles a moment after its reader has left: its attempt belongs to the sums. */
  async function closeSteps(): Promise<void> {
    if (openSteps.size === 0) return
    await Promise.race([Promise.all(openSteps.values()), setTimeout(settleMs, undefined, { ref: false })])
    for (const open of openSteps.keys()) await open.end('interrupted', 'The run was ended before this step.')
  }

  async function writeEnd(
    outcome: Exclude<Outcome, 'running' | 'interrupted'>,
    result: { output?: unknown; error?: string },
  ): Promise<RunTotals> {
    await closeSteps()
    const sums = addUp(attempts)
    const ms = since(startedMs)
    const output = await preparePayload(ctx, result.output)
    try {
      await ctx.transaction(async (tx) => {
        await storePayloads(tx, [output], options.retentionDays)
        await tx.db
          .update(runs)
          .set({
            ...sums,
            status: outcome,
            outputHash: output?.hash ?? null,
            error: result.error === undefined ? null : shorten(result.error, 2000),
            endedAt: ctx.now(),
            ms,
            leaseUntil: null,
          })
          .where(and(eq(runs.tenantId, tenantId), eq(runs.id, runId)))
      })
    } finally {
      options.onEnd()
    }
    const { tokensIn, tokensOut, costMicros, costComplete, provider, model } = sums
    return { runId, tokensIn, tokensOut, costMicros, costComplete, ms, provider, model }
  }

  return {
    id: runId,
    projectId: options.projectId,
    agentId: options.agentId,
    step,
    openStep,
    end(outcome, result = {}) {
      ended ??= writeEnd(outcome, result)
      return ended
    },
  }
}

const since = (startedMs: number) => Math.round(performance.now() - startedMs)

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Work that ended because its caller went away was not a failure. */
export function outcomeOf(error: unknown, signal: AbortSignal): 'failed' | 'cancelled' {
  const aborted = signal.aborted || (error instanceof Error && error.name === 'AbortError')
  return aborted ? 'cancelled' : 'failed'
}
