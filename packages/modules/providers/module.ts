import { defineModule, parsePrivateHosts, type Module, type Runtime } from '@guildhall/kernel'
import { createCircuitBreaker } from './cooldowns/circuit-breaker.ts'
import { createHealthRecord } from './connection-health.ts'
import { createAdministration } from './create-administration.ts'
import { createGateway } from './create-gateway.ts'
import { createChatCompletion } from './endpoints/create-chat-completion.ts'
import { createEmbedding } from './endpoints/create-embedding.ts'
import { getModel } from './endpoints/get-model.ts'
import { listModels } from './endpoints/list-models.ts'
import type { GatewayState } from './gateway-state.ts'
import { expireCachedAnswers } from './jobs/expire-cached-answers.ts'
import { noteConnection } from './note-connection.ts'
import { connectProvider } from './operations/connect-provider.ts'
import { getProviderChain } from './operations/get-provider-chain.ts'
import { listProviders } from './operations/list-providers.ts'
import { removeProvider } from './operations/remove-provider.ts'
import { testProvider } from './operations/test-provider.ts'
import { updateProviderChain } from './operations/update-provider-chain.ts'
import { outgoingFetch } from './outgoing-fetch.ts'
import { reportHealth } from './report-health.ts'
import { settingsFor, type GatewaySettings } from './walk/settings.ts'

/** By installation: tests start several in one process. */
const states = new WeakMap<Runtime, GatewayState>()

/** @param settings clocks and limits other than the defaults (tests) */
export function createProvidersModule(settings: Partial<GatewaySettings> = {}): Module {
  return defineModule({
    name: 'providers',
    operations: [listProviders, connectProvider, testProvider, removeProvider, getProviderChain, updateProviderChain],
    endpoints: [createChatCompletion, createEmbedding, listModels, getModel],
    jobs: [expireCachedAnswers],
    services(runtime) {
      const allowedHosts = parsePrivateHosts(runtime.config.GUILDHALL_PRIVATE_HOSTS)
      const state: GatewayState = {
        settings: { ...settingsFor(runtime.config.GUILDHALL_PROVIDER_TIMEOUT_SECONDS * 1000), ...settings },
        breaker: createCircuitBreaker(),
        health: createHealthRecord(runtime.now, (connection, error) => {
          noteConnection(runtime, connection, error).catch((failure: unknown) =>
            runtime.log.warn({ err: failure, provider: connection.slug }, 'state of a provider not stored'),
          )
        }),
        allowedHosts,
        fetch: outgoingFetch(allowedHosts),
        now: runtime.now,
      }
      states.set(runtime, state)
      return { providers: createGateway(runtime, state), providerAdministration: createAdministration(runtime, state) }
    },
    async health(runtime, ctx) {
      const state = states.get(runtime)
      return state ? reportHealth(runtime, state, ctx) : []
    },
  })
}
