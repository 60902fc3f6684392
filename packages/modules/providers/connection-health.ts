import type { Connection } from './connection.ts'

export interface ConnectionHealth {
  /** Milliseconds of the last call that was answered. */
  latencyMs: number | null
  lastOkAt: Date | null
  lastError: { reason: string; message: string; at: Date } | null
}

/** What this process has seen of each connection since it started. */
export interface HealthRecord {
  answered(connection: Connection, ms: number): void
  failed(connection: Connection, reason: string, message: string): void
  of(connectionId: string): ConnectionHealth
  forget(connectionId: string): void
}

const unknown: ConnectionHealth = { latencyMs: null, lastOkAt: null, lastError: null }

/** @param turned told when a connection turns from unknown or failing to working (null), or to failing */
export function createHealthRecord(
  now: () => Date,
  turned: (connection: Connection, error: string | null) => void,
): HealthRecord {
  const known = new Map<string, ConnectionHealth>()
  const of = (connectionId: string) => known.get(connectionId) ?? unknown
  return {
    answered(connection, ms) {
      const before = of(connection.id)
      known.set(connection.id, { ...before, latencyMs: Math.round(ms), lastOkAt: now() })
      if (before.lastOkAt === null || isFailing(before)) turned(connection, null)
    },
    failed(connection, reason, message) {
      const before = of(connection.id)
      known.set(connection.id, { ...before, lastError: { reason, message, at: now() } })
      if (!isFailing(before)) turned(connection, `${reason}: ${message}`)
    },
    of,
    forget: (connectionId) => void known.delete(connectionId),
  }
}

/** Whether the last thing heard of a connection was an error. */
export function isFailing(health: Pick<ConnectionHealth, 'lastOkAt' | 'lastError'>): boolean {
  return health.lastError !== null && (health.lastOkAt === null || health.lastOkAt < health.lastError.at)
}
