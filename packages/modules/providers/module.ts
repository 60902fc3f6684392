import { defineModule, parsePrivateHosts, type Module } from '@guildhall/kernel'
import { createCircuitBreaker } from './circuit-breaker.ts'
import { createHealthRecord } from './connection-health.ts'
import { createGateway } from './create-gateway.ts'
import type { GatewayState } from './gateway-state.ts'
import { expireCachedAnswers } from './jobs/expire-cached-answers.ts'
import { outgoingFetch } from './outgoing-fetch.ts'
import { defaultSettings, type GatewaySettings } from './settings.ts'

/** @param settings clocks and limits other than the defaults (tests) */
export function createProvidersModule(settings: Partial<GatewaySettings> = {}): Module {
  return defineModule({
    name: 'providers',
    jobs: [expireCachedAnswers],
    services(runtime) {
      const allowedHosts = parsePrivateHosts(runtime.config.GUILDHALL_PRIVATE_HOSTS)
      const state: GatewayState = {
        settings: { ...defaultSettings, ...settings },
        breaker: createCircuitBreaker(),
        health: createHealthRecord(runtime.now),
        allowedHosts,
        fetch: outgoingFetch(allowedHosts),
        now: runtime.now,
      }
      return { providers: createGateway(runtime, state) }
    },
  })
}
