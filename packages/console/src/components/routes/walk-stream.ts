import { tenantHeaders } from '@/api/client'
import { problemOf } from '@/api/problem'

interface Target {
  provider: string
  model: string
}

export interface WalkedAttempt extends Target {
  outcome: 'ok' | 'failed' | 'cancelled' | 'interrupted'
  source: 'fresh' | 'cached' | 'extractive'
  ms: number
  firstTokenMs: number | null
  tokensIn: number | null
  tokensOut: number | null
  /** USD micro-units; null = price unknown. */
  costMicros: number | null
  status: number | null
  reason: string | null
  error: string | null
}

/** What `POST /api/provider-routes/{id}/walk` tells, one after the other. */
export type WalkEvent =
  | { type: 'start'; runId: string; targets: Target[]; missing: Target[] }
  | { type: 'asking'; target: Target }
  | { type: 'attempt'; attempt: WalkedAttempt }
  | { type: 'text'; delta: string }
  | { type: 'end'; answered: Target | null; error: string | null; ms: number }

/** Asks a route and yields what happens, as it happens. @throws ApiProblem */
export async function* walkRoute(
  client: string | null,
  routeId: string,
  question: string,
  signal: AbortSignal,
): AsyncGenerator<WalkEvent> {
  const response = await fetch(`/api/provider-routes/${routeId}/walk`, {
    method: 'POST',
    headers: { ...tenantHeaders(client), 'content-type': 'application/json' },
    body: JSON.stringify({ question }),
    signal,
  })
  if (!response.ok || !response.body) throw problemOf(await response.json().catch(() => null), response)
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    const frames = (rest + value).split('\n\n')
    rest = frames.pop() ?? ''
    for (const frame of frames) yield eventOf(frame)
  }
}

/** The server writes nothing else into this stream. */
function eventOf(frame: string): WalkEvent {
  return JSON.parse(frame.replace(/^data: /, '')) as WalkEvent
}
