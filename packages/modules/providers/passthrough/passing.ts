import type { LanguageModelV4CallOptions } from '@ai-sdk/provider'
import type { RawExchange } from '@guildhall/kernel'
import type { RunHandle } from '@guildhall/modules/runs'
import type { AnswerParts } from '../cache/parts.ts'
import type { Answered } from '../gateway.ts'
import type { ModelCallOptions } from '../model-call.ts'
import type { PassRequest } from './wire.ts'

/** One request on its way. */
export interface Passing extends ModelCallOptions {
  exchange: RawExchange
  asks: PassRequest
  asked: LanguageModelV4CallOptions
  run: RunHandle
}

/** What was given, for the cache. */
export interface Given {
  parts: AnswerParts
  answered: Answered
}

export async function endFailed({ run, asked }: Pick<Passing, 'run' | 'asked'>, error: unknown): Promise<void> {
  await run.end(asked.abortSignal?.aborted ? 'cancelled' : 'failed', {
    error: error instanceof Error ? error.message : String(error),
  })
}

/** Resolves when a slow reader has taken what was written, or has gone away. */
export function drained({ response }: Pick<RawExchange, 'response'>): Promise<unknown> | undefined {
  // One that is gone already tells nothing any more.
  if (response.destroyed) return undefined
  return new Promise((resolve) => response.once('drain', resolve).once('close', resolve))
}
