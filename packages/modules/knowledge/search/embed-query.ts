import type { Context } from '@guildhall/kernel'
import type { RunHandle } from '@guildhall/modules/runs'

/** Longest that a search waits for the query's vector before it goes on without. */
const patienceMs = 5000

export type QueryVector = { vector: Float32Array; model: string } | { reason: string }

/** The query's vector, or why there is none. Never throws, except when the caller has gone. */
export async function embedQuery(ctx: Context, query: string, run: RunHandle): Promise<QueryVector> {
  const patience = AbortSignal.timeout(patienceMs)
  const signal = AbortSignal.any([ctx.signal, patience])
  const impatient: Context = Object.create(ctx, { signal: { value: signal } })
  try {
    const answer = await ctx.services.providers.embed(impatient, [query], run)
    const vector = answer?.vectors[0]
    return answer && vector ? { vector, model: answer.model } : { reason: 'No configured provider embeds' }
  } catch (error) {
    ctx.signal.throwIfAborted()
    ctx.log.warn({ err: error }, 'the query has no vector; searching by words alone')
    return {
      reason: patience.aborted
        ? `The embedding provider took longer than ${patienceMs / 1000} seconds`
        : 'The embedding provider did not answer',
    }
  }
}
