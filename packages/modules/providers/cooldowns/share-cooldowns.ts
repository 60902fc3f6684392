import { newId, systemCaller, type Runtime, type Tenant, type TransactionContext } from '@guildhall/kernel'
import { and, eq, isNull, like, lt, lte, or, sql } from 'drizzle-orm'
import { providerCooldowns } from '../schema.ts'
import { probeMs, type CircuitBreaker, type Opening } from './circuit-breaker.ts'

/** What one process tells the others of the installation, and how they agree on who tries again. */
export interface SharedCooldowns {
  /** Written behind; the caller does not wait. @param home tenant whose row it is */
  opened(home: string, circuit: string, opening: Opening): void
  closed(home: string, circuit: string): void
  /** The key was changed: all circuits of the connection are forgotten. */
  forgotten(home: string, connectionId: string): void
  /**
   * Asks to be the one caller of all processes that tries a circuit again.
   * @param early also before its cooldown is over
   * @returns 0 = go on; else the milliseconds that another caller still has, or that it stays open
   */
  claimProbe(home: string, circuit: string, early: boolean): Promise<number>
  releaseProbe(home: string, circuit: string): void
  /** Resolves when everything that was told has been written. */
  settled(): Promise<void>
}

const topic = 'provider-cooldowns'

/** Milliseconds from now (the database's) to a column. */
const msUntil = (column: typeof providerCooldowns.openUntil | typeof providerCooldowns.probeUntil) =>
  sql<number>`(extract(epoch from ${column} - now()) * 1000)::float8`
const inMs = (ms: number) => sql`now() + make_interval(secs => ${ms / 1000}::float8)`

/** Rows and notices around the memory of one process. Times travel as durations: the clocks of two machines differ. */
export function shareCooldowns(runtime: Runtime, breaker: CircuitBreaker): SharedCooldowns {
  const processId = newId()
  /** One after the other: what was told first is written first. */
  let last: Promise<unknown> = Promise.resolve()

  runtime.broadcast.subscribe(topic, (subject) => {
    const [from, kind, circuit, told] = readNotice(subject)
    // Our own news comes back, by then perhaps overtaken.
    if (from === processId) return
    if (kind === 'opened' && told) breaker.learn(circuit, told)
    else if (kind === 'closed') breaker.close(circuit)
    else if (kind === 'forgotten') breaker.reset(circuit)
  })

  /** In the name of the tenant whose key it is, whoever used it. */
  function inHome<T>(home: string, work: (tx: TransactionContext) => Promise<T>): Promise<T> {
    const tenant: Tenant = { id: home, kind: 'agency', slug: '', name: '', agencyId: home }
    return runtime.context(systemCaller(tenant, 'Provider gateway')).transaction(work)
  }

  function write(home: string, work: (tx: TransactionContext) => Promise<unknown>): void {
    last = last
      .then(() => inHome(home, work))
      .catch((error: unknown) => runtime.log.warn({ err: error }, 'cooldown of a provider not shared'))
  }

  const where = (home: string, circuit: string) =>
    and(eq(providerCooldowns.tenantId, home), eq(providerCooldowns.circuit, circuit))

  return {
    opened(home, circuit, { openForMs, cooldownMs, failures, reason }) {
      write(home, async (tx) => {
        await tx.db
          .insert(providerCooldowns)
          .values({ tenantId: home, circuit, openUntil: inMs(openForMs), cooldownMs, failures, reason })
          .onConflictDoUpdate({
            target: [providerCooldowns.tenantId, providerCooldowns.circuit],
            set: {
              openUntil: sql`greatest(${providerCooldowns.openUntil}, excluded.open_until)`,
              cooldownMs: sql`greatest(${providerCooldowns.cooldownMs}, excluded.cooldown_ms)`,
              failures: sql`greatest(${providerCooldowns.failures}, excluded.failures)`,
              reason: sql`case when excluded.open_until >= ${providerCooldowns.openUntil} then excluded.reason else ${providerCooldowns.reason} end`,
              probeUntil: null,
              updatedAt: sql`now()`,
            },
          })
        tx.notice(topic, JSON.stringify([processId, 'opened', circuit, { openForMs, cooldownMs, failures, reason }]))
      })
    },
    closed(home, circuit) {
      write(home, async (tx) => {
        await tx.db.delete(providerCooldowns).where(where(home, circuit))
        tx.notice(topic, JSON.stringify([processId, 'closed', circuit]))
      })
    },
    forgotten(home, connectionId) {
      const models = `${connectionId.replaceAll(/[\\%_]/g, String.raw`\$&`)}|%`
      write(home, async (tx) => {
        await tx.db
          .delete(providerCooldowns)
          .where(
            and(
              eq(providerCooldowns.tenantId, home),
              or(eq(providerCooldowns.circuit, connectionId), like(providerCooldowns.circuit, models)),
            ),
          )
        tx.notice(topic, JSON.stringify([processId, 'forgotten', connectionId]))
      })
    },
    claimProbe: (home, circuit, early) =>
      inHome(home, async (tx) => {
        const [claimed] = await tx.db
          .update(providerCooldowns)
          .set({ probeUntil: inMs(probeMs) })
          .where(
            and(
              where(home, circuit),
              or(isNull(providerCooldowns.probeUntil), lt(providerCooldowns.probeUntil, sql`now()`)),
              early ? undefined : lte(providerCooldowns.openUntil, sql`now()`),
            ),
          )
          .returning({ circuit: providerCooldowns.circuit })
        if (claimed) return 0
        const [row] = await tx.db
          .select({ openMs: msUntil(providerCooldowns.openUntil), probeMs: msUntil(providerCooldowns.probeUntil) })
          .from(providerCooldowns)
          .where(where(home, circuit))
        // No row: somebody has been answered meanwhile, or it was never written.
        return row ? Math.max(1, row.probeMs ?? 0, early ? 0 : row.openMs) : 0
      }),
    releaseProbe(home, circuit) {
      write(home, (tx) => tx.db.update(providerCooldowns).set({ probeUntil: null }).where(where(home, circuit)))
    },
    async settled() {
      for (let seen: unknown; seen !== last;) await (seen = last)
    },
  }
}

/** The circuits of a tenant that are open, as its rows say. In the caller's transaction. */
export async function readCooldowns(
  { db }: Pick<TransactionContext, 'db'>,
  home: string,
): Promise<(Opening & { circuit: string })[]> {
  const { circuit, cooldownMs, failures, reason, openUntil } = providerCooldowns
  return db
    .select({ circuit, cooldownMs, failures, reason, openForMs: msUntil(openUntil) })
    .from(providerCooldowns)
    .where(and(eq(providerCooldowns.tenantId, home), sql`${openUntil} > now()`))
}

function readNotice(subject: string): [from: string, kind: string, circuit: string, told: Opening | null] {
  const read: unknown = JSON.parse(subject)
  if (!Array.isArray(read)) return ['', '', '', null]
  const [from, kind, circuit, told]: unknown[] = read
  return [String(from), String(kind), String(circuit), isOpening(told) ? told : null]
}

function isOpening(value: unknown): value is Opening {
  return (
    typeof value === 'object' &&
    value !== null &&
    'openForMs' in value &&
    typeof value.openForMs === 'number' &&
    'cooldownMs' in value &&
    typeof value.cooldownMs === 'number' &&
    'failures' in value &&
    typeof value.failures === 'number' &&
    'reason' in value &&
    typeof value.reason === 'string'
  )
}
