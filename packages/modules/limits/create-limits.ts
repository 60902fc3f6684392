import { isKnownDead, thisProcess, type Context, type Runtime } from '@guildhall/kernel'
import { admitCall, attribute, isAllowed } from './admit.ts'
import { limitsTopic, rememberBooks, type LimitBook } from './book.ts'
import type { CallLimits } from './limits.ts'
import { createMeters, type Meters } from './meters.ts'

export interface LimitSettings {
  /** This process, among those that share the database. */
  processId: string
  /** Milliseconds after which what a silent process holds is taken back. */
  leaseMs: number
  /** Milliseconds between two transactions that count what was spent of a budget. */
  countEveryMs: number
  /** The clock that rates go by, in milliseconds; default: the database's. */
  clock?: () => number
}

const defaults: LimitSettings = { processId: thisProcess, leaseMs: 30_000, countEveryMs: 100 }

const now = () => performance.now()

export function createLimits(
  runtime: Runtime,
  settings: Partial<LimitSettings> = {},
): { limits: CallLimits; meters: Meters; stop: () => Promise<void> } {
  const { processId, leaseMs, countEveryMs, clock } = { ...defaults, ...settings }
  const onError = (error: unknown) => runtime.log.warn({ err: error }, 'limits not written, will be tried again')
  const { database, broadcast } = runtime
  const books = rememberBooks(database, broadcast)
  const meters = createMeters({
    runtime,
    parts: { database, broadcast, processId, isDead: isKnownDead, leaseMs, now, onError },
    clock,
    countEveryMs,
  })
  const end = broadcast.subscribe(limitsTopic, (tenantId) => meters.giveBackBudgets(tenantId))

  /** Does something with the books of the caller's tenant; at once where both are remembered. */
  function withBooks<T>(ctx: Context, work: (own: LimitBook, agency: LimitBook) => T | Promise<T>): T | Promise<T> {
    const { id, agencyId } = ctx.tenant
    const own = books.peek(id)
    const agency = id === agencyId ? own : books.peek(agencyId)
    if (own && agency) return work(own, agency)
    return Promise.all([books.get(id), books.get(agencyId)]).then(([mine, above]) =>
      work(mine, id === agencyId ? mine : above),
    )
  }

  const limits: CallLimits = {
    admit: (ctx, request) => withBooks(ctx, (own, agency) => admitCall(ctx, request, { own, agency }, meters, now)),
    mayName: (ctx, requested) =>
      ctx.actor.type !== 'api-key' ||
      withBooks(ctx, (own, agency) => {
        const { policy } = attribute(ctx, own, agency, { projectId: null, agentId: null })
        return isAllowed(policy?.allowed ?? null, requested)
      }),
    attribution: (ctx, named) =>
      withBooks(ctx, (own, agency) => {
        const { projectId, agentId, userId } = attribute(ctx, own, agency, named)
        return { projectId, agentId, userId }
      }),
  }
  return {
    limits,
    meters,
    async stop() {
      end()
      await meters.stop()
    },
  }
}
