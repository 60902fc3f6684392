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
  /** By kind, for reports that must not tell whose connection it is. */
  byKind(): Map<string, ConnectionHealth[]>
  forget(connectionId: string): void
}

const unknown: ConnectionHealth = { latencyMs: null, lastOkAt: null, lastError: null }

export function createHealthRecord(now: () => Date): HealthRecord {
  const known = new Map<string, ConnectionHealth & { kind: string }>()
  const change = (connection: Connection, values: Partial<ConnectionHealth>) =>
    known.set(connection.id, { ...(known.get(connection.id) ?? unknown), ...values, kind: connection.kind })
  return {
    answered: (connection, ms) => void change(connection, { latencyMs: Math.round(ms), lastOkAt: now() }),
    failed: (connection, reason, message) => void change(connection, { lastError: { reason, message, at: now() } }),
    of: (connectionId) => known.get(connectionId) ?? unknown,
    byKind: () => Map.groupBy(known.values(), (health) => health.kind),
    forget: (connectionId) => void known.delete(connectionId),
  }
}

/** Whether the last thing heard of a connection was an error. */
export function isFailing(health: Pick<ConnectionHealth, 'lastOkAt' | 'lastError'>): boolean {
  return health.lastError !== null && (health.lastOkAt === null || health.lastOkAt < health.lastError.at)
}
