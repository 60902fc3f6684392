import type { ProviderGateway } from '@guildhall/modules/providers'

/** A provider that embeds: a vector per text, or a failure. */
export interface Embedder {
  model: string
  embed(texts: readonly string[]): Promise<Float32Array[]> | Float32Array[]
}

const notHere = () => Promise.reject(new Error('not part of this test'))

/** The provider gateway of a test: embeds with what is current, as a step of the run, and can do nothing else. */
export function fakeGateway(embedder: { current: Embedder | null }): ProviderGateway {
  return {
    async embed(ctx, texts, run) {
      const { current } = embedder
      if (!current) return null
      ctx.signal.throwIfAborted()
      return run.step({ kind: 'model', name: 'embed', input: { texts: texts.length } }, async () => ({
        vectors: (await current.embed(texts)).map(normalised),
        model: current.model,
      }))
    },
    languageModel: notHere,
    hasGenerativeModel: async () => false,
    knowsModel: async () => false,
    transcribe: notHere,
    generateImage: notHere,
    searchWeb: async () => null,
  }
}

/** Counts which groups of words a text touches: two words of one group mean the same to it. */
export function conceptEmbedder(model: string, concepts: readonly (readonly string[])[]): Embedder {
  return {
    model,
    embed: (texts) =>
      texts.map((text) =>
        Float32Array.from([
          ...concepts.map((words) => words.filter((word) => text.toLowerCase().includes(word)).length),
          0.01,
        ]),
      ),
  }
}

function normalised(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector)
  return length === 0 ? vector : vector.map((value) => value / length)
}
