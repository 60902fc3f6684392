import { tenants, type HealthReport, type Runtime } from '@guildhall/kernel'
import { inArray } from 'drizzle-orm'
import { isFailing, type ConnectionHealth } from './connection-health.ts'
import type { GatewayState } from './gateway-state.ts'
import { kinds, providerKinds, type ProviderKind } from './kinds.ts'
import { providerConnections } from './schema.ts'

/**
 * One report per kind of provider that anybody here has configured. Says how calls went, not whose they were: the
 * page that shows it is read by people of several tenants.
 */
export async function reportHealth(runtime: Runtime, state: GatewayState): Promise<HealthReport[]> {
  const configured = await configuredKinds(runtime)
  if (configured.length === 0)
    return [
      {
        name: 'providers',
        state: 'off',
        detail:
          'No provider is configured: questions are answered with quotations from documents. Add a key in Settings, Providers.',
        latencyMs: null,
      },
    ]
  const seen = state.health.byKind()
  const isDown = (kind: ProviderKind) => (seen.get(kind) ?? []).some(isFailing)
  return configured.map((kind) => {
    const after = configured.find((other) => other !== kind && !isDown(other))
    const instead = after
      ? `${kinds[after].title} answers instead`
      : 'earlier answers and quotations from documents are given instead, marked'
    return reportOf(kind, seen.get(kind) ?? [], instead)
  })
}

function reportOf(kind: ProviderKind, seen: readonly ConnectionHealth[], instead: string): HealthReport {
  const { title } = kinds[kind]
  const failing = seen.filter(isFailing)
  const latest = seen
    .filter((health) => health.lastOkAt !== null)
    .toSorted((a, b) => Number(b.lastOkAt) - Number(a.lastOkAt))[0]
  const lastError = seen
    .flatMap((health) => (health.lastError ? [health.lastError] : []))
    .toSorted((a, b) => Number(b.at) - Number(a.at))[0]
  const common = {
    name: `provider:${kind}`,
    latencyMs: latest?.latencyMs ?? null,
    lastError: lastError ? { message: lastError.reason, at: lastError.at.toISOString() } : null,
  }
  if (failing.length === 0)
    return {
      ...common,
      state: 'ok',
      detail: latest ? `${title} answers.` : `${title} is configured and has not been asked since the start.`,
    }
  const reason = lastError?.reason ?? 'unknown'
  if (failing.length < seen.length)
    return {
      ...common,
      state: 'degraded',
      detail: `${title} fails with some of the keys configured here (${reason}); for those, ${instead}. Test the key in Settings, Providers.`,
    }
  return {
    ...common,
    state: 'down',
    detail: `${title} fails (${reason}); ${instead}. Test the key in Settings, Providers.`,
  }
}

async function configuredKinds(runtime: Runtime): Promise<ProviderKind[]> {
  const found = new Set<ProviderKind>(
    providerKinds.filter((kind) => {
      const { variable } = kinds[kind]
      return variable !== null && runtime.config[variable] !== undefined
    }),
  )
  const ids = await runtime.database.within({ tenantId: null, readOnly: true }, (db) =>
    db.select({ id: tenants.id }).from(tenants),
  )
  for (let from = 0; from < ids.length; from += 500) {
    const readable = ids.slice(from, from + 500).map((row) => row.id)
    const rows = await runtime.database.within({ tenantId: null, readable, readOnly: true }, (db) =>
      db
        .selectDistinct({ kind: providerConnections.kind })
        .from(providerConnections)
        .where(inArray(providerConnections.tenantId, readable)),
    )
    for (const { kind } of rows) found.add(kind)
  }
  return providerKinds.filter((kind) => found.has(kind))
}
