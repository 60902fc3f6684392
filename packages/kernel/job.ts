import type { z } from 'zod'
import type { Context } from './context.ts'

/**
 * Durable work of one tenant. At least once: a process that dies in the middle leaves the job to the next one after
 * its lease, so `run` must be repeatable.
 */
export interface Job<P extends z.ZodType = z.ZodType> {
  name: `${string}.${string}`
  payload: P
  /** Attempts before it rests as failed; default 5. */
  maxAttempts?: number
  run(payload: z.output<P>, ctx: Context): Promise<void>
  /** Called once when the last attempt has failed, to leave a visible state behind. */
  failed?(payload: z.output<P>, error: Error, ctx: Context): Promise<void>
}

export function job<P extends z.ZodType>(definition: Job<P>): Job<P> {
  return definition
}
