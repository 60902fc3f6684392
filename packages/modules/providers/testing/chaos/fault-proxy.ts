import type { IncomingMessage, ServerResponse } from 'node:http'
import { startOwnUpstream, type OwnUpstream } from '../own-upstream.ts'
import { passes, type Dialect, type Surface, type ToldUsage, type Wire } from './dialects.ts'
import { faults, type Fault, type Mode } from './faults.ts'

/** A request as the provider saw it. */
interface SeenRequest {
  fault: string
  /** What the gateway was told; null = nothing that can be counted. */
  told: ToldUsage | null
}

export interface FaultProxy {
  host: string
  /** Base URL as the provider package of the dialect wants it. */
  url: string
  /** Which fault the next request meets; one that can be played in its mode and in what is spoken. */
  plan: (mode: Mode, wire: Wire) => Fault
  seen: SeenRequest[]
  /** Resolves when no answer is under way. */
  quiet(): Promise<void>
  stop(): Promise<void>
}

const paths: Record<Dialect, string> = { openai: '/v1', anthropic: '/v1', google: '/v1beta' }
const [none] = faults

/**
 * A server in front of a mock provider that fetches its answers, and spoils them on their way.
 * @param surface how the calls reach the gateway
 */
export async function startFaultProxy(dialect: Dialect, mockUrl: string, surface: Surface): Promise<FaultProxy> {
  const upstream: OwnUpstream = await startOwnUpstream()
  if (!none) throw new Error('there is no fault called none')
  const open = new Set<ServerResponse>()
  const proxy: FaultProxy = {
    host: upstream.host,
    url: `http://${upstream.host}${paths[dialect]}`,
    plan: () => none,
    seen: [],
    async quiet() {
      while (open.size > 0) await new Promise((resolve) => setTimeout(resolve, 5))
    },
    stop: () => upstream.stop(),
  }

  async function answer(request: IncomingMessage, response: ServerResponse, body: string): Promise<void> {
    const wire = request.url?.endsWith('/chat/completions') ? 'chat' : dialect
    const fault = proxy.plan(modeOf(request.url ?? '', body), wire)
    const seen: SeenRequest = { fault: fault.name, told: null }
    proxy.seen.push(seen)
    const { 'content-type': type = 'application/json', authorization = '', 'x-api-key': key = '' } = request.headers
    const answered = await fetch(`${mockUrl}${request.url ?? ''}`, {
      method: 'POST',
      body,
      headers: { 'content-type': type, authorization, 'x-api-key': String(key), 'x-goog-api-key': 'k' },
    })
    // The mock says FUNCTION_CALL where Gemini says STOP.
    const text = (await answered.text()).replaceAll('"FUNCTION_CALL"', '"STOP"')
    if (!answered.ok) throw new Error(`the mock has no answer: ${text}`)
    const contentType = answered.headers.get('content-type') ?? 'application/json'
    const told = await fault.play?.({
      response,
      wire,
      passes: passes(surface, dialect),
      contentType,
      stream: contentType.startsWith('text/event-stream'),
      tools: /"tools"/.test(body),
      body: text,
    })
    seen.told = told ?? null
  }

  upstream.answer = (request, response, body) => {
    open.add(response)
    // A gateway that has gone away tears the writing.
    response.on('error', () => undefined)
    void answer(request, response, body)
      .catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined))
      .finally(() => open.delete(response))
  }
  return proxy
}

function modeOf(url: string, body: string): Mode {
  const stream = url.includes(':streamGenerateContent') || /"stream":\s*true/.test(body)
  if (/"tools"/.test(body)) return stream ? 'tools stream' : 'tools'
  return stream ? 'stream' : 'plain'
}
