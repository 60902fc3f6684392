import type { ProviderAdapter } from './adapters/adapter.ts'
import type { ConnectionSettings, ProviderKind } from './kinds.ts'

/** Where a key comes from: the tenant's own, its agency's, or the installation's configuration. */
export type ConnectionSource = 'own' | 'agency' | 'environment'

/** A provider that a tenant can reach, with its key. Stays in the process: operations show a `ConnectionState` instead. */
export interface Connection {
  slug: string
  kind: ProviderKind
  label: string
  source: ConnectionSource
  /** Tenant whose key it is; null for the installation's. */
  ownerId: string | null
  /** Tenant in whose rows its cooldowns are kept: the owner; for the installation's key the caller's agency. */
  homeId: string | null
  /** One per key: circuits and health are kept by it, for all clients that share the key. */
  id: string
  baseUrl: string
  apiKey: string | null
  last4: string | null
  /** What its kind needs beside key and address. */
  settings: ConnectionSettings
  /** Offered models, the preferred one first. */
  models: readonly string[]
  lastOkAt: Date | null
  lastError: string | null
  lastErrorAt: Date | null
}

/** A model of a connection, ready to be asked. */
export interface Target {
  connection: Connection
  adapter: ProviderAdapter
  model: string
}
