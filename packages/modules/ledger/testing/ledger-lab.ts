import { newId, type Caller, type Context, type Tenant } from '@guildhall/kernel'
import { startTestRuntime, type TestRuntime } from '@guildhall/kernel/testing'
import { runAttempts, runs, runsModule, runSteps, type AttemptRecord } from '@guildhall/modules/runs'
import { bookUsage, ledgerModule, type NewUsage } from '../index.ts'
import { getUsage } from '../operations/get-usage.ts'
import { listEntries } from '../operations/list-entries.ts'

/** An installation with books and a journal, whose clock is set by its tests. */
export interface LedgerLab {
  app: TestRuntime
  /** The agency's owner. */
  agency(): Caller
  context(tenant: Tenant): Context
  /** Sets the time of the whole installation; null = now. */
  at(moment: string | null): void
  /** A run with one step and its attempts, through the journal. @returns its id */
  record(tenant: Tenant, ...attempts: Partial<AttemptRecord>[]): Promise<string>
  /** A call of 15 tokens for 7 micro-units, unless it says otherwise. */
  usage(values?: Partial<NewUsage>): NewUsage
  /** Books usage together with the run, step and attempt that it stands for, as the journal does. */
  book(tenant: Tenant, entries: readonly NewUsage[]): Promise<void>
  /** In the order of their ids. */
  entriesOf(runId: string, client: Tenant): Promise<Awaited<ReturnType<typeof listEntries.output.parse>>['items']>
  /** What the books of a month come to. */
  sumOf(tenant: Tenant, month: string): Promise<ReturnType<typeof getUsage.output.parse>['total']>
  stop(): Promise<void>
}

export async function startLedgerLab(): Promise<LedgerLab> {
  const app = await startTestRuntime({ modules: [ledgerModule, runsModule] })
  let clock: Date | null = null
  app.runtime.now = () => clock ?? new Date()
  const context = (tenant: Tenant) => app.context(app.as('owner', tenant))

  const attempt = (values: Partial<AttemptRecord>): AttemptRecord => ({
    provider: 'openai',
    model: 'gpt-5.1',
    outcome: 'ok',
    startedAt: app.runtime.now(),
    ms: 12,
    costMicros: 250,
    priceVersion: 'test',
    tokens: { input: 100, output: 20, cached: 0 },
    ...values,
  })

  return {
    app,
    context,
    agency: () => app.as('owner', app.agency),
    at: (moment) => void (clock = moment === null ? null : new Date(moment)),
    async record(tenant, ...attempts) {
      const { totals } = await app.runtime.services.runs.record(context(tenant), { kind: 'chat', title: 'x' }, (run) =>
        run.step({ kind: 'model', name: 'model' }, async (step) => {
          for (const each of attempts) step.attempt(attempt(each))
        }),
      )
      return totals.runId
    },
    usage: (values = {}) => ({
      id: newId(),
      runId: newId(),
      occurredAt: app.runtime.now(),
      kind: 'chat',
      outcome: 'ok',
      source: 'fresh',
      provider: 'openai',
      model: 'gpt-5.1',
      route: null,
      actor: { type: 'user', id: 'u', name: 'U' },
      projectId: null,
      agentId: null,
      tokens: { input: 10, output: 5, cached: 0, cacheWrite: 0, reasoning: 0, estimated: false },
      costMicros: 7,
      priceVersion: 'test',
      ...values,
    }),
    book: (tenant, entries) => bookWithRuns(context(tenant), entries),
    entriesOf: async (runId, client) =>
      (await app.run(listEntries, { runId }, app.as('viewer', client))).items.toSorted((a, b) =>
        a.id < b.id ? -1 : 1,
      ),
    sumOf: async (tenant, month) =>
      (await app.run(getUsage, { month, groupBy: 'kind' }, app.as('viewer', tenant))).total,
    stop: () => app.stop(),
  }
}

async function bookWithRuns(ctx: Context, entries: readonly NewUsage[]): Promise<void> {
  await ctx.transaction(async (tx) => {
    for (const entry of entries) {
      const { runId, occurredAt: startedAt, provider, model, outcome } = entry
      const place = { tenantId: tx.tenant.id, startedAt, ms: 1 }
      const stepId = newId()
      await tx.db
        .insert(runs)
        .values({
          ...place,
          id: runId,
          kind: 'chat',
          title: 'x',
          status: 'ok',
          actorType: 'user',
          actorId: 'u',
          actorName: 'U',
          requestId: newId(),
          processId: newId(),
        })
        .onConflictDoNothing()
      await tx.db
        .insert(runSteps)
        .values({ ...place, id: stepId, runId, position: 0, kind: 'model', name: 'm', status: 'ok' })
      await tx.db
        .insert(runAttempts)
        .values({
          ...place,
          id: entry.id,
          runId,
          stepId,
          position: 0,
          provider,
          model,
          outcome,
          tokensIn: entry.tokens.input,
          tokensOut: entry.tokens.output,
          costMicros: entry.costMicros,
        })
        .onConflictDoNothing()
    }
    await bookUsage(tx, entries)
  })
}
