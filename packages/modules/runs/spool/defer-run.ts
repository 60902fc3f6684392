import { newId, type Context } from '@guildhall/kernel'
import type { NewUsage } from '@guildhall/modules/ledger'
import { attemptRow, usageOf } from '../attempt-row.ts'
import type { AttemptRecord, Outcome, RunHandle, RunTotals, StartRun, StepHandle, StepOptions } from '../journal.ts'
import { messageOf, outcomeOf } from '../open-run.ts'
import { preparePayload, type PreparedPayload } from '../payload.ts'
import type { runAttempts, runs, runSteps } from '../schema.ts'
import { shorten } from '../shorten.ts'
import { addUp } from '../total.ts'
import type { SpooledCall } from './spooled-call.ts'

export interface DeferOptions {
  processId: string
  /** Takes the whole run; what it throws comes out of `end`. */
  append(type: 'begin' | 'end', id: string, call: SpooledCall): void
}

/** A run that nobody sees before its end: it is written as a whole, and off the path of the answer. */
export function deferRun(ctx: Context, run: StartRun, options: DeferOptions): RunHandle {
  const runId = newId()
  const { tenant, actor } = ctx
  const tenantId = tenant.id
  const startedAt = ctx.now()
  const startedMs = performance.now()
  const place = { projectId: run.projectId ?? null, agentId: run.agent?.id ?? null }
  const records: AttemptRecord[] = []
  const steps: (typeof runSteps.$inferInsert)[] = []
  const attempts: (typeof runAttempts.$inferSelect)[] = []
  const usage: NewUsage[] = []
  const open = new Set<Awaited<ReturnType<RunHandle['openStep']>>>()
  /** By value, since the question of a run is that of its step as well. */
  const prepared = new Map<unknown, Promise<PreparedPayload | null>>()
  let positions = 0
  let ended: Promise<RunTotals> | undefined

  function prepare(value: unknown): Promise<PreparedPayload | null> {
    const known = prepared.get(value)
    if (known) return known
    const fresh = preparePayload(ctx, value)
    prepared.set(value, fresh)
    return fresh
  }

  async function openStep(stepOptions: StepOptions): ReturnType<RunHandle['openStep']> {
    const stepId = newId()
    const position = positions++
    const stepStartedAt = ctx.now()
    const stepStartedMs = performance.now()
    const mine: AttemptRecord[] = []
    const facts: Record<string, unknown> = {}
    let output: unknown
    let ending: Promise<void> | undefined
    async function write(outcome: Exclude<Outcome, 'running'>, error: string | undefined): Promise<void> {
      const [input, result] = await Promise.all([prepare(stepOptions.input), prepare(output)])
      steps.push({
        id: stepId,
        tenantId,
        runId,
        position,
        kind: stepOptions.kind,
        name: stepOptions.name,
        status: outcome,
        inputHash: input?.hash ?? null,
        outputHash: result?.hash ?? null,
        facts,
        error: error === undefined ? null : shorten(error, 2000),
        startedAt: stepStartedAt,
        ms: since(stepStartedMs),
      })
      for (const [at, attempt] of mine.entries()) {
        const row = attemptRow(attempt, { tenantId, runId, stepId, position: at })
        attempts.push(row)
        usage.push(usageOf(row, attempt, { actor, run: place }))
      }
    }
    const handle: Awaited<ReturnType<RunHandle['openStep']>> = {
      id: stepId,
      attempt(record) {
        mine.push(record)
        records.push(record)
      },
      output(value) {
        output = value
      },
      facts: (values) => void Object.assign(facts, values),
      end(outcome, error) {
        ending ??= write(outcome, error).finally(() => open.delete(handle))
        return ending
      },
    }
    open.add(handle)
    return handle
  }

  async function step<T>(stepOptions: StepOptions, work: (step: StepHandle) => Promise<T>): Promise<T> {
    const handle = await openStep(stepOptions)
    try {
      const value = await work(handle)
      await handle.end('ok')
      return value
    } catch (error) {
      await handle.end(outcomeOf(error, ctx.signal), messageOf(error))
      throw error
    }
  }

  function row(status: Outcome, more: Partial<typeof runs.$inferInsert>): typeof runs.$inferInsert {
    return {
      id: runId,
      tenantId,
      kind: run.kind,
      title: shorten(run.title.trim() || run.kind, 200),
      status,
      agentId: place.agentId,
      agentName: run.agent?.name ?? null,
      agentVersion: run.agent?.version ?? null,
      projectId: place.projectId,
      chatId: run.chatId ?? null,
      actorType: actor.type,
      actorId: actor.id,
      actorName: actor.name,
      requestId: ctx.requestId,
      inputHash: null,
      outputHash: null,
      error: null,
      startedAt,
      endedAt: new Date(startedAt.getTime() + since(startedMs)),
      ms: since(startedMs),
      tokensIn: 0,
      tokensOut: 0,
      tokensCached: 0,
      costMicros: 0,
      costComplete: true,
      provider: null,
      model: null,
      attempts: 0,
      fallbackReason: null,
      processId: options.processId,
      leaseUntil: null,
      ...more,
    }
  }

  async function writeEnd(
    outcome: Exclude<Outcome, 'running' | 'interrupted'>,
    result: { output?: unknown; error?: string },
  ): Promise<RunTotals> {
    for (const handle of open) await handle.end('interrupted', 'The run was ended before this step.')
    const sums = addUp(records)
    const [input, output] = await Promise.all([prepare(run.input), prepare(result.output)])
    const payloads = (await Promise.all(prepared.values())).filter((payload) => payload !== null)
    const ms = since(startedMs)
    options.append('end', runId, {
      tenant,
      run: row(outcome, {
        ...sums,
        inputHash: input?.hash ?? null,
        outputHash: output?.hash ?? null,
        error: result.error === undefined ? null : shorten(result.error, 2000),
      }),
      steps,
      attempts,
      usage,
      payloads,
    })
    const { tokensIn, tokensOut, costMicros, costComplete, provider, model } = sums
    return { runId, tokensIn, tokensOut, costMicros, costComplete, ms, provider, model }
  }

  return {
    id: runId,
    step,
    openStep,
    begun(attempt) {
      const stepId = newId()
      const given = attemptRow({ ...attempt, outcome: 'interrupted' }, { tenantId, runId, stepId, position: 0 })
      const error = 'The process that worked on it ended before it did.'
      options.append('begin', runId, {
        tenant,
        run: row('interrupted', { ...addUp([attempt]), costComplete: false, error }),
        steps: [
          {
            id: stepId,
            tenantId,
            runId,
            position: 0,
            kind: 'model',
            name: run.kind,
            status: 'interrupted',
            inputHash: null,
            outputHash: null,
            facts: {},
            error,
            startedAt,
            ms: null,
          },
        ],
        attempts: [given],
        usage: [usageOf(given, attempt, { actor, run: place })],
        payloads: [],
      })
    },
    end(outcome, result = {}) {
      ended ??= writeEnd(outcome, result)
      return ended
    },
  }
}

const since = (startedMs: number) => Math.round(performance.now() - startedMs)
