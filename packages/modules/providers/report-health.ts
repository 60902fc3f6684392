import type { Context, HealthReport, Runtime } from '@guildhall/kernel'
import type { ConnectionState } from './administration.ts'
import { connectionStates } from './connection-states.ts'
import type { GatewayState } from './gateway-state.ts'
import { environmentConnections } from './load-providers.ts'
import { defaultOrder } from './routes/resolve-chain.ts'

/**
 * How the providers of the caller's tenant are, and who answers instead of those that fail. Without a tenant, those of
 * the installation: what a tenant has entered is nobody else's business.
 */
export async function reportHealth(runtime: Runtime, state: GatewayState, ctx: Context): Promise<HealthReport[]> {
  const { tenant } = ctx.caller
  const { connections, chain: stored } = tenant
    ? await state.providers.fresh(ctx)
    : { connections: environmentConnections(runtime, null), chain: null }
  if (connections.length === 0)
    return tenant
      ? [
          {
            name: 'providers',
            state: 'off',
            detail:
              'No provider is configured: questions are answered with quotations from documents. Add a key in Settings, Providers.',
            latencyMs: null,
          },
        ]
      : []
  const states = connectionStates(state, connections).filter((provider) => provider.configured !== 'none')
  const chain = stored?.targets ?? defaultOrder(connections)
  const order = chain.map(({ provider }) => provider)
  return states.map((provider) => reportOf(provider, insteadOf(provider, states, order)))
}

/** Who answers when this one does not: the first of the chain that is not failing. */
function insteadOf(failing: ConnectionState, states: readonly ConnectionState[], order: readonly string[]): string {
  const next = order
    .map((slug) => states.find((provider) => provider.kind === slug))
    .find((provider) => provider && provider !== failing && provider.state !== 'failing')
  return next
    ? `${next.name} answers instead`
    : 'earlier answers and quotations from documents are given instead, marked'
}

function reportOf(provider: ConnectionState, instead: string): HealthReport {
  const common = { name: `provider:${provider.kind}`, latencyMs: provider.latencyMs }
  if (provider.state === 'failing') {
    const at = provider.checkedAt ?? new Date(0)
    return {
      ...common,
      state: 'down',
      detail: `${provider.name} fails; ${instead}. Test the key in Settings, Providers.`,
      lastError: { message: provider.lastError ?? 'unknown', at: at.toISOString() },
    }
  }
  const detail =
    provider.state === 'ok' ? `${provider.name} answers.` : `${provider.name} is configured and has not been asked yet.`
  return { ...common, state: 'ok', detail, lastError: null }
}
