import { defineModule, parsePrivateHosts, type Module, type Runtime } from '@guildhall/kernel'
import { createAnswerKeeper } from './answer-cache.ts'
import { createCallCache } from './cache/create-call-cache.ts'
import { createCircuitBreaker } from './cooldowns/circuit-breaker.ts'
import { createCooldowns } from './cooldowns/cooldowns.ts'
import { shareCooldowns } from './cooldowns/share-cooldowns.ts'
import { createHealthRecord } from './connection-health.ts'
import { createAdministration } from './create-administration.ts'
import { createGateway } from './create-gateway.ts'
import { createChatCompletion } from './endpoints/create-chat-completion.ts'
import { countMessageTokens } from './endpoints/count-message-tokens.ts'
import { createEmbedding } from './endpoints/create-embedding.ts'
import { createImage } from './endpoints/create-image.ts'
import { createMessage } from './endpoints/create-message.ts'
import { createModeration } from './endpoints/create-moderation.ts'
import { createResponse } from './endpoints/create-response.ts'
import { createSpeech } from './endpoints/create-speech.ts'
import { createTranscription } from './endpoints/create-transcription.ts'
import { getModel } from './endpoints/get-model.ts'
import { listModels } from './endpoints/list-models.ts'
import { walkProviderRoute } from './endpoints/walk-provider-route.ts'
import type { GatewayState } from './gateway-state.ts'
import { expireCachedAnswers } from './jobs/expire-cached-answers.ts'
import { expireCallCache } from './jobs/expire-call-cache.ts'
import { clearProviderCache } from './operations/clear-provider-cache.ts'
import { getProviderCache } from './operations/get-provider-cache.ts'
import { createProviderStore } from './load-providers.ts'
import { createMediaModels } from './media/create-media-models.ts'
import { noteConnection } from './note-connection.ts'
import { connectProvider } from './operations/connect-provider.ts'
import { createProviderRoute } from './operations/create-provider-route.ts'
import { deleteProviderRoute } from './operations/delete-provider-route.ts'
import { getProviderChain } from './operations/get-provider-chain.ts'
import { getProviderRoute } from './operations/get-provider-route.ts'
import { listProviderCalls } from './operations/list-provider-calls.ts'
import { listProviderCircuits } from './operations/list-provider-circuits.ts'
import { listProviderHealth } from './operations/list-provider-health.ts'
import { listProviderRoutes } from './operations/list-provider-routes.ts'
import { listProviders } from './operations/list-providers.ts'
import { removeProvider } from './operations/remove-provider.ts'
import { testProviderRoute } from './operations/test-provider-route.ts'
import { testProvider } from './operations/test-provider.ts'
import { updateProviderChain } from './operations/update-provider-chain.ts'
import { updateProviderRoute } from './operations/update-provider-route.ts'
import { createModelNames } from './model-names.ts'
import { outgoingFetch } from './outgoing-fetch.ts'
import { readChatRequest } from './passthrough/chat-wire.ts'
import { readMessagesRequest } from './passthrough/messages-wire.ts'
import { pass } from './passthrough/pass.ts'
import type { PassThrough } from './passthrough/pass-through.ts'
import { readResponsesRequest } from './passthrough/responses-wire.ts'
import { reportHealth } from './report-health.ts'
import { settingsFor, type GatewaySettings } from './walk/settings.ts'
import { createUsualTime } from './walk/usual-time.ts'

/** By installation: tests start several in one process. */
const states = new WeakMap<Runtime, GatewayState>()
const caches = new WeakMap<Runtime, ReturnType<typeof createCallCache>>()

/** @param settings clocks and limits other than the defaults (tests) */
export function createProvidersModule(settings: Partial<GatewaySettings> = {}): Module {
  return defineModule({
    name: 'providers',
    operations: [
      listProviders,
      connectProvider,
      testProvider,
      removeProvider,
      getProviderChain,
      updateProviderChain,
      listProviderRoutes,
      getProviderRoute,
      createProviderRoute,
      updateProviderRoute,
      deleteProviderRoute,
      testProviderRoute,
      listProviderCalls,
      listProviderCircuits,
      listProviderHealth,
      getProviderCache,
      clearProviderCache,
    ],
    endpoints: [
      createChatCompletion,
      createResponse,
      createMessage,
      countMessageTokens,
      createEmbedding,
      createImage,
      createTranscription,
      createSpeech,
      createModeration,
      listModels,
      getModel,
      walkProviderRoute,
    ],
    jobs: [expireCachedAnswers, expireCallCache],
    services(runtime) {
      const allowedHosts = parsePrivateHosts(runtime.config.GUILDHALL_PRIVATE_HOSTS)
      const breaker = createCircuitBreaker()
      const sharedCooldowns = shareCooldowns(runtime, breaker)
      const clocks = { ...settingsFor(runtime.config.GUILDHALL_PROVIDER_TIMEOUT_SECONDS * 1000), ...settings }
      const cache = createCallCache(runtime)
      caches.set(runtime, cache)
      const state: GatewayState = {
        settings: clocks,
        providers: createProviderStore(runtime, breaker),
        breaker,
        sharedCooldowns,
        cooldowns: createCooldowns(breaker, sharedCooldowns),
        usual: createUsualTime(),
        cache,
        lastAnswers: createAnswerKeeper(clocks.cacheDays),
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
      const passThrough: PassThrough = {
        chat: (exchange, ctx) => pass(state, readChatRequest, exchange, ctx),
        responses: (exchange, ctx) => pass(state, readResponsesRequest, exchange, ctx),
        messages: (exchange, ctx) => pass(state, readMessagesRequest, exchange, ctx),
      }
      return {
        providers: createGateway(state),
        providerAdministration: createAdministration(state),
        mediaModels: createMediaModels(state),
        modelNames: createModelNames(state),
        passThrough,
      }
    },
    start: (runtime) => async () => {
      const state = states.get(runtime)
      await state?.sharedCooldowns.settled()
      await state?.lastAnswers.settled()
      await caches.get(runtime)?.settled()
    },
    async health(runtime, ctx) {
      const state = states.get(runtime)
      return state ? reportHealth(runtime, state, ctx) : []
    },
  })
}
