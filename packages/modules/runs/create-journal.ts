import { newId } from '@guildhall/kernel'
import { sql } from 'drizzle-orm'
import type { RunJournal } from './journal.ts'
import { leaseSeconds, type OpenRuns } from './leases.ts'
import { messageOf, openRun, outcomeOf } from './open-run.ts'
import { preparePayload, storePayloads } from './payload.ts'
import { runs } from './schema.ts'
import { shorten } from './shorten.ts'
import { deferRun, type DeferOptions } from './spool/defer-run.ts'
import type { Spool } from './spool/open-spool.ts'

export interface JournalOptions {
  retentionDays: number
  openRuns: OpenRuns
  /** For deferred runs. */
  spool: Pick<Spool, 'append'>
}

/** The journal on the tenant's tables. The run's row is committed before its work begins, so a crash leaves it visible. */
export function createJournal({ retentionDays, openRuns, spool }: JournalOptions): RunJournal {
  const deferring: DeferOptions = {
    processId: openRuns.processId,
    append: (type, id, call) => spool.append({ v: 1, type, id, call }),
  }
  const start: RunJournal['start'] = async (ctx, run) => {
    if (run.deferred) return deferRun(ctx, run, deferring)
    const id = newId()
    const input = await preparePayload(ctx, run.input)
    await ctx.transaction(async (tx) => {
      await storePayloads(tx, [input], retentionDays)
      await tx.db.insert(runs).values({
        id,
        tenantId: ctx.tenant.id,
        kind: run.kind,
        title: shorten(run.title.trim() || run.kind, 200),
        agentId: run.agent?.id ?? null,
        agentName: run.agent?.name ?? null,
        agentVersion: run.agent?.version ?? null,
        projectId: run.projectId ?? null,
        chatId: run.chatId ?? null,
        actorType: ctx.actor.type,
        actorId: ctx.actor.id,
        actorName: ctx.actor.name,
        requestId: ctx.requestId,
        inputHash: input?.hash ?? null,
        startedAt: ctx.now(),
        processId: openRuns.processId,
        leaseUntil: sql`now() + make_interval(secs => ${leaseSeconds})`,
      })
    })
    openRuns.add(id, ctx.tenant.id)
    const { projectId = null, agent } = run
    return openRun(ctx, { id, projectId, agentId: agent?.id ?? null, retentionDays, onEnd: () => openRuns.remove(id) })
  }

  return {
    start,
    async record(ctx, run, work) {
      const handle = await start(ctx, run)
      try {
        const value = await work(handle)
        return { value, totals: await handle.end('ok', { output: value }) }
      } catch (error) {
        // Ends it only if the work has not: a failure to write the end itself comes back as the same error.
        await handle.end(outcomeOf(error, ctx.signal), { error: messageOf(error) })
        throw error
      }
    },
  }
}
