import type { Context } from '@guildhall/kernel'
import type { RunHandle } from '@guildhall/modules/runs'
import { estimateTokenCount } from 'tokenx'
import type { Connection, Target } from './connection.ts'
import type { GatewayState } from './gateway-state.ts'
import { askOnce } from './one-shot.ts'
import { createTarget } from './routes/resolve-chain.ts'
import { countTokens, noTokens } from './usage.ts'

/** Texts per request; fewer where the provider takes fewer. */
const batchSize = 96

export interface Embedded {
  /** L2-normalised. */
  vectors: Float32Array[]
  provider: string
  model: string
  tokens: number
}

/**
 * The first connection that embeds, with its embedding model. One only: vectors of two models cannot be compared, so
 * there is no fallback to another.
 */
export function embeddingTarget(connections: readonly Connection[], fetch: typeof globalThis.fetch): Target | null {
  for (const connection of connections) {
    const target = createTarget(connection, '', fetch)
    const { embedding } = target.adapter
    if (embedding) return { ...target, model: embedding.model }
  }
  return null
}

/** @param options `isBehind`: false where the caller has named the model */
export async function embedTexts(
  { ctx, state, run }: { ctx: Context; state: GatewayState; run: RunHandle },
  target: Target,
  texts: readonly string[],
  { isBehind = true }: { isBehind?: boolean } = {},
): Promise<Embedded> {
  const embedding = target.adapter.embedding
  if (!embedding) throw new Error(`${target.connection.slug} does not embed`)
  const model = embedding.create(target.model)
  const size = Math.min(batchSize, (await model.maxEmbeddingsPerCall) ?? batchSize)
  const vectors: Float32Array[] = []
  let tokens = 0
  for (let from = 0; from < texts.length; from += size) {
    const values = texts.slice(from, from + size)
    const answer = await askOnce({
      kind: 'embedding',
      ctx,
      state,
      run,
      name: 'embed',
      input: { texts: values.length, characters: values.reduce((sum, text) => sum + text.length, 0) },
      targets: [target],
      isBehind,
      estimate: { ...noTokens, input: estimateTokenCount(values.join('\n')) },
      async ask(_target, abortSignal) {
        const result = await model.doEmbed({
          values,
          abortSignal,
          ...(embedding.dimensions ? { dimensions: embedding.dimensions } : {}),
        })
        if (result.embeddings.length !== values.length)
          throw new Error(`the provider sent ${result.embeddings.length} vectors for ${values.length} texts`)
        const used = result.usage?.tokens
        const counted = used
          ? { input: used, output: 0, cached: 0, cacheWrite: 0 }
          : { ...countTokens(undefined, values.join('\n'), ''), output: 0 }
        return {
          value: { vectors: result.embeddings.map(normalise), tokens: counted.input },
          tokens: counted,
          charged: counted,
          output: { vectors: result.embeddings.length, dimensions: result.embeddings[0]?.length ?? 0 },
        }
      },
    })
    vectors.push(...answer.value.vectors)
    tokens += answer.value.tokens
  }
  return { vectors, provider: target.connection.slug, model: target.model, tokens }
}

/** To length 1, so that the dot product is the cosine. A zero vector stays what it is. */
function normalise(vector: readonly number[]): Float32Array {
  const length = Math.hypot(...vector)
  return Float32Array.from(vector, (value) => (length === 0 ? 0 : value / length))
}
