import type { ProviderAdapter } from './adapters/adapter.ts'
import { purposeOf } from './adapters/model-purpose.ts'
import type { ConnectionState } from './administration.ts'
import { isFailing } from './connection-health.ts'
import type { Connection, ConnectionSource } from './connection.ts'
import type { GatewayState } from './gateway-state.ts'
import { kinds, providerKinds, type Capability } from './kinds.ts'
import { createTarget } from './routes/resolve-chain.ts'

const configured: Record<ConnectionSource, ConnectionState['configured']> = {
  own: 'here',
  agency: 'inherited',
  environment: 'environment',
}

/** The connections of a tenant, then the kinds that it has none of. */
export function connectionStates(state: GatewayState, connections: readonly Connection[]): ConnectionState[] {
  const missing = providerKinds.filter((kind) => connections.every((connection) => connection.kind !== kind))
  return [
    ...connections.map((connection) => stateOf(state, connection)),
    ...missing.map((kind): ConnectionState => ({
      kind,
      type: kind,
      name: kinds[kind].title,
      configured: 'none',
      last4: null,
      baseUrl: null,
      settings: {},
      models: [],
      capabilities: [],
      state: 'none',
      latencyMs: null,
      lastError: null,
      checkedAt: null,
      pausedMs: 0,
    })),
  ]
}

function stateOf(state: GatewayState, connection: Connection): ConnectionState {
  const { adapter } = createTarget(connection, '', state.fetch)
  const seen = state.health.of(connection.id)
  const lastOkAt = later(seen.lastOkAt, connection.lastOkAt)
  // Stored as `reason: message`.
  const [reason = '', ...words] = (connection.lastError ?? '').split(': ')
  const stored = connection.lastErrorAt ? { reason, message: words.join(': '), at: connection.lastErrorAt } : null
  const lastError = seen.lastError ?? stored
  const failing = isFailing({ lastOkAt, lastError })
  const inherited = connection.source !== 'own'
  return {
    kind: connection.slug,
    type: connection.kind,
    name: connection.label,
    configured: configured[connection.source],
    last4: connection.last4,
    baseUrl: inherited ? null : connection.baseUrl,
    settings: inherited ? {} : connection.settings,
    models: modelsOf(connection, adapter),
    capabilities: capabilitiesOf(adapter),
    state: failing ? 'failing' : lastOkAt ? 'ok' : 'untested',
    latencyMs: seen.latencyMs,
    // The provider's words may speak of its owner's account.
    lastError:
      failing && lastError ? (inherited ? lastError.reason : `${lastError.reason}: ${lastError.message}`) : null,
    checkedAt: later(lastOkAt, lastError?.at ?? null),
    pausedMs: Math.round(
      Math.max(
        state.breaker.openForMs(connection.id),
        ...connection.models.map((model) => state.breaker.openForMs(`${connection.id}|${model}`)),
      ),
    ),
  }
}

function modelsOf(connection: Connection, adapter: ProviderAdapter): ConnectionState['models'] {
  const chat = connection.models.map((id): ConnectionState['models'][number] => {
    const purpose = purposeOf(id)
    if (purpose !== 'text') return { id, capabilities: [purpose] }
    return { id, capabilities: adapter.webSearchTool ? ['text', 'web-search'] : ['text'] }
  })
  const further: [string | undefined, Capability][] = [
    [adapter.embedding?.model, 'embedding'],
    [adapter.image?.model, 'image'],
    [adapter.transcription?.model, 'transcription'],
    [adapter.speech?.model, 'speech'],
    [adapter.moderation?.model, 'moderation'],
  ]
  for (const [id, capability] of further)
    if (id && !chat.some((model) => model.id === id)) chat.push({ id, capabilities: [capability] })
  return chat
}

function capabilitiesOf(adapter: ProviderAdapter): Capability[] {
  const found: Capability[] = ['text']
  if (adapter.embedding) found.push('embedding')
  if (adapter.image) found.push('image')
  if (adapter.transcription) found.push('transcription')
  if (adapter.speech) found.push('speech')
  if (adapter.moderation) found.push('moderation')
  if (adapter.webSearchTool) found.push('web-search')
  return found
}

function later(a: Date | null, b: Date | null): Date | null {
  if (a === null || b === null) return a ?? b
  return a > b ? a : b
}
