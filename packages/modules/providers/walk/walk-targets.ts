import type { CircuitBreaker } from '../cooldowns/circuit-breaker.ts'
import { AttemptTimeout, classifyFailure, type Failure } from './classify-failure.ts'
import type { HealthRecord } from '../connection-health.ts'
import type { Target } from '../connection.ts'
import type { GatewaySettings } from './settings.ts'

/** An attempt that came to nothing, or a target that was passed over (`ms` 0, nothing sent). */
export interface FailedAttempt {
  target: Target
  startedAt: Date
  ms: number
  reason: string
  message: string
  status?: number
  mayCost: boolean
}

export interface Walked<T> {
  value: T
  target: Target
  startedAt: Date
  /** `performance.now()` at the start of the attempt. */
  startedMs: number
  /** Aborts the attempt's request; still linked to the caller's signal. */
  controller: AbortController
}

export interface WalkOptions<T> {
  targets: readonly Target[]
  settings: GatewaySettings
  breaker: CircuitBreaker
  health: HealthRecord
  now: () => Date
  /** The caller's. When it aborts, so does the attempt, and the walk throws its reason. */
  signal: AbortSignal | undefined
  /** Milliseconds that one attempt has until `call` resolves, and what it waits for. */
  attemptMs: number
  waitsFor: string
  /** Asks one target. Resolves when the answer is certain enough to commit to this target. */
  call(target: Target, signal: AbortSignal): Promise<T>
  failed(attempt: FailedAttempt): void
}

/** The request itself was refused; another target would refuse it too. */
export class RequestRefused extends Error {
  readonly failure: Failure
  readonly target: Target
  constructor(failure: Failure, target: Target) {
    super(failure.message)
    this.name = 'RequestRefused'
    this.failure = failure
    this.target = target
  }
}

/**
 * The state machine of retry and fallback: skip open circuits, try, retry the same target with full jitter where that
 * can help, go on to the next, all within one deadline.
 * @returns null when every target has been tried or passed over
 * @throws RequestRefused when no other target would do better; the caller's abort reason
 */
export async function walkTargets<T>(options: WalkOptions<T>): Promise<Walked<T> | null> {
  const { settings, breaker, health, signal } = options
  const deadline = performance.now() + settings.totalMs
  for (const target of options.targets) {
    const connectionCircuit = target.connection.id
    const targetCircuit = `${target.connection.id}|${target.model}`
    const openForMs = Math.max(breaker.openForMs(connectionCircuit), breaker.openForMs(targetCircuit))
    if (openForMs > 0 || !breaker.admits(connectionCircuit) || !breaker.admits(targetCircuit)) {
      const seconds = Math.ceil(openForMs / 1000)
      options.failed({
        target,
        startedAt: options.now(),
        ms: 0,
        reason: 'circuit_open',
        message: `passed over after earlier failures, next try in ${seconds} s`,
        mayCost: false,
      })
      continue
    }
    for (let attempt = 1; attempt <= settings.attempts; attempt++) {
      signal?.throwIfAborted()
      const left = deadline - performance.now()
      if (left <= 0) {
        options.failed({
          target,
          startedAt: options.now(),
          ms: 0,
          reason: 'deadline',
          message: `all ${settings.totalMs} ms were used up`,
          mayCost: false,
        })
        return null
      }
      const startedAt = options.now()
      const startedMs = performance.now()
      const controller = new AbortController()
      const limit = Math.min(options.attemptMs, left)
      const timer = setTimeout(() => controller.abort(new AttemptTimeout(Math.round(limit), options.waitsFor)), limit)
      const linked = signal ? AbortSignal.any([signal, controller.signal]) : controller.signal
      try {
        const value = await options.call(target, linked)
        breaker.succeeded(connectionCircuit)
        breaker.succeeded(targetCircuit)
        health.answered(target.connection, performance.now() - startedMs)
        return { value, target, startedAt, startedMs, controller }
      } catch (error) {
        // The request may still be open when the failure was ours to see (a cut, a withheld answer).
        if (!controller.signal.aborted) controller.abort(error)
        if (signal?.aborted) {
          options.failed({
            target,
            startedAt,
            ms: performance.now() - startedMs,
            reason: 'cancelled',
            message: 'the caller went away',
            mayCost: true,
          })
          throw signal.reason
        }
        const timedOut = controller.signal.reason instanceof AttemptTimeout ? controller.signal.reason : error
        const failure = withoutKey(classifyFailure(timedOut), target)
        options.failed({
          target,
          startedAt,
          ms: performance.now() - startedMs,
          reason: failure.reason,
          message: failure.message,
          mayCost: failure.mayCost,
          ...(failure.status ? { status: failure.status } : {}),
        })
        if (failure.next === 'stop') throw new RequestRefused(failure, target)
        health.failed(target.connection, failure.reason, failure.message)
        const pause = pauseMs(failure, attempt, settings, deadline)
        if (pause === null) {
          note(breaker, failure, { connectionCircuit, targetCircuit })
          break
        }
        await sleep(pause, signal)
      } finally {
        clearTimeout(timer)
      }
    }
  }
  return null
}

function note(
  breaker: CircuitBreaker,
  failure: Failure,
  ids: { connectionCircuit: string; targetCircuit: string },
): void {
  if (failure.circuit === null) return
  const id = failure.circuit === 'connection' ? ids.connectionCircuit : ids.targetCircuit
  const openForMs = failure.openForMs ?? failure.retryAfterMs
  if (openForMs !== undefined && openForMs > 0) breaker.open(id, openForMs)
  else breaker.failed(id)
}

/** Milliseconds before the same target is asked again; null = do not. Full jitter: Brooker, AWS Architecture Blog, 2015. */
function pauseMs(failure: Failure, attempt: number, settings: GatewaySettings, deadline: number): number | null {
  if (failure.next !== 'retry' || attempt >= settings.attempts) return null
  if (failure.retryAfterMs !== undefined && failure.retryAfterMs > settings.longestRetryAfterMs) return null
  const backoff = Math.random() * Math.min(settings.longestBackoffMs, settings.backoffMs * 2 ** (attempt - 1))
  const pause = failure.retryAfterMs === undefined ? backoff : failure.retryAfterMs + Math.random() * settings.backoffMs
  return performance.now() + pause < deadline ? pause : null
}

function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal?.addEventListener('abort', stop, { once: true })
  })
}

/** Providers repeat the refused key in their message. */
function withoutKey(failure: Failure, target: Target): Failure {
  const key = target.connection.apiKey
  return key && failure.message.includes(key)
    ? { ...failure, message: failure.message.replaceAll(key, '[key]') }
    : failure
}
