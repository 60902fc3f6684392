import { newId } from '@guildhall/kernel'
import type { NewUsage } from '@guildhall/modules/ledger'
import type { AttemptRecord } from './journal.ts'
import type { runAttempts } from './schema.ts'
import { shorten } from './shorten.ts'

/** What an attempt brings to the ledger, under the same id. */
export function usageOf(
  row: ReturnType<typeof attemptRow>,
  attempt: AttemptRecord | undefined,
  { actor, run }: { actor: NewUsage['actor']; run: { projectId: string | null; agentId: string | null } },
): NewUsage {
  return {
    id: row.id,
    runId: row.runId,
    occurredAt: row.startedAt,
    kind: attempt?.kind ?? 'chat',
    outcome: row.outcome,
    source: attempt?.source ?? 'fresh',
    provider: row.provider,
    model: row.model,
    route: attempt?.route ?? null,
    actor,
    projectId: run.projectId,
    agentId: run.agentId,
    tokens: {
      input: row.tokensIn ?? 0,
      output: row.tokensOut ?? 0,
      cached: row.tokensCached ?? 0,
      cacheWrite: row.tokensCacheWrite ?? 0,
      reasoning: row.tokensReasoning ?? 0,
      estimated: row.tokensEstimated,
    },
    costMicros: row.costMicros,
    priceVersion: row.priceVersion,
    units: attempt?.units ?? null,
  }
}

export function attemptRow(
  attempt: AttemptRecord,
  place: { tenantId: string; runId: string; stepId: string; position: number },
): typeof runAttempts.$inferSelect {
  const { tokens } = attempt
  return {
    id: newId(),
    ...place,
    provider: attempt.provider,
    model: attempt.model,
    outcome: attempt.outcome,
    startedAt: attempt.startedAt,
    ms: Math.round(attempt.ms),
    firstTokenMs: attempt.firstTokenMs === undefined ? null : Math.round(attempt.firstTokenMs),
    tokensIn: tokens?.input ?? null,
    tokensOut: tokens?.output ?? null,
    tokensCached: tokens?.cached ?? null,
    tokensCacheWrite: tokens?.cacheWrite ?? null,
    tokensReasoning: tokens?.reasoning ?? null,
    tokensEstimated: tokens?.estimated ?? false,
    costMicros: attempt.costMicros,
    priceVersion: attempt.priceVersion ?? null,
    source: attempt.source ?? 'fresh',
    status: attempt.status ?? null,
    reason: attempt.reason ?? null,
    error: attempt.error === undefined ? null : shorten(attempt.error, 2000),
  }
}
