import type { CircuitBreaker } from './cooldowns/circuit-breaker.ts'
import type { HealthRecord } from './connection-health.ts'
import type { GatewaySettings } from './walk/settings.ts'

/** What one process remembers between calls. */
export interface GatewayState {
  settings: GatewaySettings
  breaker: CircuitBreaker
  health: HealthRecord
  /** Private hosts that the operator allows. */
  allowedHosts: ReadonlySet<string>
  fetch: typeof globalThis.fetch
  now: () => Date
}
