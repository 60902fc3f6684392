import type { RunTotals } from '@guildhall/modules/runs'
import type { Answered } from '../gateway.ts'

/**
 * Who answered and what it cost, for callers that read headers. The cost is known when the answer is whole: USD with six
 * decimals, `>=` before it when some price is unknown.
 */
export function answerHeaders(runId: string, answered: Answered | null, totals?: RunTotals): Record<string, string> {
  return {
    'x-guildhall-run': runId,
    ...(answered ? whoAnswered(answered) : {}),
    ...(totals ? { 'x-guildhall-cost': costText(totals) } : {}),
  }
}

function whoAnswered(answered: Answered): Record<string, string> {
  const { provider, model, attempts, fallbackReason, route, overheadMs, cache, limits } = answered
  return {
    ...limits,
    'x-guildhall-provider': provider,
    'x-guildhall-model': model,
    'x-guildhall-attempts': String(attempts ?? 1),
    'x-guildhall-cache': cacheText(answered),
    ...(cache?.kind === 'semantic' ? { 'x-guildhall-similarity': cache.similarity.toFixed(4) } : {}),
    ...(route ? { 'x-guildhall-route': route } : {}),
    ...(fallbackReason ? { 'x-guildhall-fallback-reason': fallbackReason } : {}),
    ...(overheadMs === undefined ? {} : { 'x-guildhall-overhead-ms': overheadMs.toFixed(2) }),
  }
}

/** `exact`, `semantic`: kept under the route's rules; `stale`: the last resort when nobody answers; `none`. */
function cacheText({ source, cache }: Answered): string {
  return cache?.kind ?? (source === 'cached' ? 'stale' : 'none')
}

function costText({ costMicros, costComplete }: Pick<RunTotals, 'costMicros' | 'costComplete'>): string {
  return `${costComplete ? '' : '>='}${(costMicros / 1_000_000).toFixed(6)}`
}

/** How a model is named in answers: `provider/model`, once. */
export function servedModel(answered: Pick<Answered, 'provider' | 'model'>): string {
  return answered.model.startsWith(`${answered.provider}/`) ? answered.model : `${answered.provider}/${answered.model}`
}
