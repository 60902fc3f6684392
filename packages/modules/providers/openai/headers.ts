import type { RunTotals } from '@guildhall/modules/runs'
import type { Answered } from '../gateway.ts'

/**
 * Who answered and what it cost, for callers that read headers. The cost is known when the answer is whole: USD with six decimals, `>=`
 * before it when some price is unknown.
 */
export function answerHeaders(runId: string, answered: Answered | null, totals?: RunTotals): Record<string, string> {
  return {
    'x-guildhall-run': runId,
    ...(answered
      ? {
          'x-guildhall-provider': answered.provider,
          'x-guildhall-model': answered.model,
          'x-guildhall-cache': answered.source === 'cached' ? 'stale' : 'none',
          'x-guildhall-attempts': String(answered.attempts ?? 1),
          ...(answered.fallbackReason ? { 'x-guildhall-fallback-reason': answered.fallbackReason } : {}),
        }
      : {}),
    ...(totals
      ? { 'x-guildhall-cost': `${totals.costComplete ? '' : '>='}${(totals.costMicros / 1_000_000).toFixed(6)}` }
      : {}),
  }
}

/** How a model is named in answers: `provider/model`, once. */
export function servedModel(answered: Pick<Answered, 'provider' | 'model'>): string {
  return answered.model.startsWith(`${answered.provider}/`) ? answered.model : `${answered.provider}/${answered.model}`
}
