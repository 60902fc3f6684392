import type { AnswerKeeper } from './answer-cache.ts'
import type { CallCache } from './cache/call-cache.ts'
import type { HealthRecord } from './connection-health.ts'
import type { CircuitBreaker } from './cooldowns/circuit-breaker.ts'
import type { Cooldowns } from './cooldowns/cooldowns.ts'
import type { SharedCooldowns } from './cooldowns/share-cooldowns.ts'
import type { ProviderStore } from './load-providers.ts'
import type { GatewaySettings } from './walk/settings.ts'
import type { UsualTime } from './walk/usual-time.ts'

/** What one process remembers between calls. */
export interface GatewayState {
  settings: GatewaySettings
  /** Keys, chains and routes of the tenants. */
  providers: ProviderStore
  /** Memory of who is failing, what is made of it, and what other processes are told. */
  breaker: CircuitBreaker
  cooldowns: Cooldowns
  sharedCooldowns: SharedCooldowns
  /** How long routes usually take, for asking a second target. */
  usual: UsualTime
  /** Answers that are given again under the rules of a route. */
  cache: CallCache
  /** Answers for the day when nobody answers. */
  lastAnswers: AnswerKeeper
  health: HealthRecord
  /** Private hosts that the operator allows. */
  allowedHosts: ReadonlySet<string>
  fetch: typeof globalThis.fetch
  now: () => Date
}
