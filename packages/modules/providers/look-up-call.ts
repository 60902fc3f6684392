import type { Context } from '@guildhall/kernel'
import type { RunHandle } from '@guildhall/modules/runs'
import type { CacheLookup } from './cache/call-cache.ts'
import { isRepeatable, partsForm, questionOf } from './cache/parts.ts'
import type { Connection } from './connection.ts'
import { embeddingTarget, embedTexts } from './embed.ts'
import type { GatewayState } from './gateway-state.ts'
import type { ModelCall, ModelCallOptions } from './model-call.ts'

/** Looks a call up where its route's rules keep answers; null = they do not, its caller forbids it, or it is not one to give again. */
export async function lookUpCall(
  { state, ctx, request, embed, useCache = true }: ModelCallOptions,
  call: ModelCall,
  signal: AbortSignal | undefined,
): Promise<CacheLookup | null> {
  const { route } = call.chain
  const { cacheSeconds, similarity } = call.rules
  const mayKeep = useCache && request.cacheControl !== 'no-store'
  if (!route || cacheSeconds === null || !mayKeep || !isRepeatable(call.asked)) return null
  const question = similarity === null || !embed ? null : questionOf(call.asked)
  const startedMs = performance.now()
  try {
    return await state.cache.lookup(ctx, {
      form: partsForm,
      route: route.id,
      routeVersion: route.version,
      projectId: request.projectId ?? request.run.projectId ?? null,
      asked: call.asked,
      seconds: cacheSeconds,
      noCache: request.cacheControl === 'no-cache',
      similar: question && similarity !== null && embed ? { least: similarity, ...question, embed } : null,
      signal,
    })
  } finally {
    // Somebody else may be asking the same: waiting for them, or for the embedding, is not the gateway's own time.
    call.waited(performance.now() - startedMs)
  }
}

/** Makes vectors of questions with the first connection that embeds; as a step of the run. */
export function embedQuestion(
  work: { ctx: Context; state: GatewayState; run: RunHandle },
  connections: readonly Connection[],
): NonNullable<ModelCallOptions['embed']> {
  return async (text) => {
    const target = embeddingTarget(connections, work.state.fetch)
    if (!target) return null
    const { vectors, provider, model } = await embedTexts(work, target, [text])
    const [vector] = vectors
    return vector ? { vector, model: `${provider}/${model}` } : null
  }
}
