import type { LanguageModelV4Usage } from '@ai-sdk/provider'
import type { HealthRecord } from '../connection-health.ts'
import type { Target } from '../connection.ts'
import type { Cooldowns, Pass } from '../cooldowns/cooldowns.ts'
import { AttemptTimeout, type Failure } from './classify-failure.ts'
import { connectClock } from './connect-clock.ts'
import type { CallRules, GatewaySettings } from './settings.ts'
import type { Suits } from './suits.ts'
import { sleep, untilAborted } from './until-aborted.ts'
import { tellFailure } from './tell-failure.ts'

/** An attempt that came to nothing, or a target that was passed over (`ms` 0, nothing sent). */
export interface FailedAttempt {
  target: Target
  startedAt: Date
  ms: number
  reason: string
  message: string
  status?: number
  mayCost: boolean
  /** What the provider said that it has used all the same. */
  usage?: LanguageModelV4Usage | undefined
  /** For one that was passed over: milliseconds until it may be asked again. */
  openForMs?: number
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
  settings: Pick<GatewaySettings, 'backoffMs' | 'longestBackoffMs' | 'longestRetryAfterMs'>
  rules: Pick<CallRules, 'attempts' | 'connectMs' | 'totalMs'>
  cooldowns: Cooldowns
  health: HealthRecord
  now: () => Date
  /** The caller's. When it aborts, so does the attempt, and the walk throws its reason. */
  signal: AbortSignal | undefined
  /** Milliseconds that one attempt has until `call` resolves, and what it waits for. */
  attemptMs: number
  waitsFor: string
  /** A second target is asked when the first has taken this many milliseconds; null = never. */
  hedgeAfterMs?: number | null
  /** Targets that cannot do what is asked are passed over. */
  suits?: Suits
  /** Nobody could stand in for a target, so it is tried before its cooldown is over. Default: where there is only one. */
  alone?: boolean
  /** Asks one target. Resolves when the answer is certain enough to commit to this target. */
  call(target: Target, signal: AbortSignal): Promise<T>
  failed(attempt: FailedAttempt): void
  /** Told of the pauses between attempts, in milliseconds. */
  waited?(ms: number): void
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

/** A target that is being asked, with its retries. */
interface Leg<T> {
  /** Null = given up. */
  done: Promise<Walked<T> | null>
  /** Another target was faster. */
  lose(): void
}

/**
 * The state machine of retry and fallback: pass over who is cooling down or cannot do it, try, retry the same target with
 * full jitter where that can help, go on to the next, all within one deadline.
 * @returns null when every target has been tried or passed over
 * @throws RequestRefused when no other target would do better; the caller's abort reason
 */
export async function walkTargets<T>(options: WalkOptions<T>): Promise<Walked<T> | null> {
  const deadline = performance.now() + options.rules.totalMs
  const waiting = options.targets.values()
  let legs: Leg<T>[] = []
  let hedgeAfterMs = options.hedgeAfterMs ?? null

  async function next(): Promise<Leg<T> | null> {
    for (const target of waiting) {
      const pass = await admitted(target, options)
      if (pass) return startLeg(target, pass, deadline, options)
    }
    return null
  }

  for (;;) {
    if (legs.length === 0) {
      const leg = await next()
      if (!leg) return null
      legs = [leg]
    }
    const ended = await firstToEnd(legs, hedgeAfterMs).catch((error: unknown) => {
      for (const leg of legs) leg.lose()
      throw error
    })
    if (ended === 'slow') {
      hedgeAfterMs = null
      const second = await next()
      if (second) legs = [...legs, second]
      continue
    }
    legs = legs.filter((leg) => leg !== ended.leg)
    if (ended.walked) {
      for (const leg of legs) leg.lose()
      return ended.walked
    }
    if (performance.now() >= deadline && legs.length === 0) {
      for (const target of waiting) options.failed({ ...passedOver(target, options), ...outOfTime(options) })
      return null
    }
  }
}

async function firstToEnd<T>(
  legs: readonly Leg<T>[],
  slowAfterMs: number | null,
): Promise<'slow' | { leg: Leg<T>; walked: Walked<T> | null }> {
  const ends = legs.map((leg) => leg.done.then((walked) => ({ leg, walked })))
  if (slowAfterMs === null || legs.length > 1) return Promise.race(ends)
  let timer: NodeJS.Timeout | undefined
  const slow = new Promise<'slow'>((resolve) => {
    timer = setTimeout(() => resolve('slow'), slowAfterMs)
  })
  try {
    return await Promise.race([...ends, slow])
  } finally {
    clearTimeout(timer)
  }
}

/** Null = passed over, which has been told. */
async function admitted<T>(target: Target, options: WalkOptions<T>): Promise<Pass | null> {
  const unsuited = options.suits?.(target) ?? null
  if (unsuited) {
    options.failed({ ...passedOver(target, options), ...unsuited })
    return null
  }
  const asked = options.cooldowns.admit(target, options.alone ?? options.targets.length === 1)
  const pass = asked instanceof Promise ? await asked : asked
  if (pass.admitted) return pass
  const why = pass.reason ? ` (${pass.reason})` : ''
  options.failed({
    ...passedOver(target, options),
    reason: 'circuit_open',
    message: `passed over after earlier failures${why}, next try in ${Math.ceil(pass.openForMs / 1000)} s`,
    openForMs: pass.openForMs,
  })
  return null
}

const passedOver = (target: Target, { now }: { now: () => Date }) => ({
  target,
  startedAt: now(),
  ms: 0,
  mayCost: false,
})

const outOfTime = ({ rules }: { rules: { totalMs: number } }) => ({
  reason: 'deadline',
  message: `all ${Math.round(rules.totalMs)} ms were used up`,
})

const elapsed = (startedMs: number) => performance.now() - startedMs

function startLeg<T>(target: Target, pass: Pass, deadline: number, options: WalkOptions<T>): Leg<T> {
  const { settings, rules, cooldowns, health, signal } = options
  const lost = new AbortController()
  const stop = signal ? AbortSignal.any([signal, lost.signal]) : lost.signal
  let current: { controller: AbortController; startedAt: Date; startedMs: number } | null = null
  let over = false

  const tell = (attempt: Omit<FailedAttempt, 'target'>) => {
    if (!over) options.failed({ target, ...attempt })
  }

  /** @returns the answer; null = given up; a number = milliseconds before this target is asked again */
  async function attempt(count: number): Promise<Walked<T> | null | number> {
    const left = deadline - performance.now()
    if (left <= 0) {
      tell({ ...passedOver(target, options), ...outOfTime(options) })
      cooldowns.released(target, pass)
      return null
    }
    const startedAt = options.now()
    const startedMs = performance.now()
    const controller = new AbortController()
    current = { controller, startedAt, startedMs }
    const limit = Math.min(options.attemptMs, left)
    const timer = setTimeout(() => controller.abort(new AttemptTimeout(Math.round(limit), options.waitsFor)), limit)
    const linked = AbortSignal.any([stop, controller.signal])
    try {
      const ask = () => options.call(target, linked)
      const value = await untilAborted(
        rules.connectMs === null ? ask() : connectClock.run(rules.connectMs, ask),
        linked,
      )
      cooldowns.succeeded(target, pass)
      health.answered(target.connection, elapsed(startedMs))
      return { value, target, startedAt, startedMs, controller }
    } catch (error) {
      // The request may still be open when the failure was ours to see (a cut, a withheld answer).
      if (!controller.signal.aborted) controller.abort(error)
      if (stop.aborted) {
        cooldowns.released(target, pass)
        const message = lost.signal.aborted ? 'another target was faster' : 'the caller went away'
        tell({ startedAt, ms: elapsed(startedMs), reason: 'cancelled', message, mayCost: true })
        throw stop.reason
      }
      const timedOut = controller.signal.reason instanceof AttemptTimeout ? controller.signal.reason : error
      const failure = tellFailure(timedOut, target.connection)
      tell({
        startedAt,
        ms: elapsed(startedMs),
        reason: failure.reason,
        message: failure.message,
        mayCost: failure.mayCost,
        usage: failure.usage,
        ...(failure.status ? { status: failure.status } : {}),
      })
      if (failure.next === 'stop') {
        cooldowns.released(target, pass)
        throw new RequestRefused(failure, target)
      }
      health.failed(target.connection, failure.reason, failure.message)
      const pause = pauseMs(failure, count, { settings, rules, deadline })
      if (pause === null) cooldowns.failed(target, failure, pass)
      // Whoever has somebody else to ask need not wait for this one as well.
      else if (failure.retryAfterMs && options.targets.length > 1) cooldowns.failed(target, failure, pass)
      return pause
    } finally {
      clearTimeout(timer)
    }
  }

  async function run(): Promise<Walked<T> | null> {
    for (let count = 1; ; count++) {
      stop.throwIfAborted()
      const result = await attempt(count)
      if (typeof result !== 'number') return result
      const pausedMs = performance.now()
      await sleep(result, stop)
      options.waited?.(performance.now() - pausedMs)
    }
  }

  const done = run().finally(() => {
    over = true
  })
  // A leg that has lost is not waited for.
  done.catch(() => undefined)
  return {
    done,
    lose() {
      if (over) return
      if (current)
        tell({
          startedAt: current.startedAt,
          ms: elapsed(current.startedMs),
          reason: 'hedged',
          message: 'another target was faster',
          mayCost: true,
        })
      over = true
      lost.abort(new Error('another target was faster'))
    },
  }
}

/** Milliseconds before the same target is asked again; null = do not. Full jitter: Brooker, AWS Architecture Blog, 2015. */
function pauseMs(
  failure: Failure,
  attempt: number,
  { settings, rules, deadline }: Pick<WalkOptions<unknown>, 'settings' | 'rules'> & { deadline: number },
): number | null {
  if (failure.next !== 'retry' || attempt >= rules.attempts) return null
  if (failure.retryAfterMs !== undefined && failure.retryAfterMs > settings.longestRetryAfterMs) return null
  const backoff = Math.random() * Math.min(settings.longestBackoffMs, settings.backoffMs * 2 ** (attempt - 1))
  const pause = failure.retryAfterMs === undefined ? backoff : failure.retryAfterMs + Math.random() * settings.backoffMs
  return performance.now() + pause < deadline ? pause : null
}
