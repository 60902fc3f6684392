import { endpoint, invalidInput } from '@guildhall/kernel'
import { z } from 'zod'
import { answerHeaders } from '../surface/answer-headers.ts'
import { renderOpenAIProblem } from '../openai/problem.ts'
import { readJson } from '../surface/read-json.ts'

/** Body of `POST /v1/embeddings` (OpenAI API reference, embeddings). */
const EmbeddingRequest = z.object({
  model: z.string().max(300).default('default'),
  input: z.union(
    [z.string().min(1), z.array(z.string().min(1)).min(1).max(2048)],
    'must be a text or a list of texts; lists of token numbers are not supported',
  ),
  encoding_format: z.enum(['float', 'base64']).default('float'),
  dimensions: z.int().nullish(),
})

export const createEmbedding = endpoint({
  name: 'embeddings.create',
  summary: 'Embeddings for OpenAI clients; vectors have length 1',
  route: 'POST /v1/embeddings',
  permission: 'providers:use',
  maxBody: 16 * 1024 * 1024,
  cors: true,
  request: { contentType: 'application/json', schema: EmbeddingRequest },
  response: { contentType: 'application/json' },
  renderProblem: renderOpenAIProblem,
  async run(request, ctx) {
    const body = await readJson(request, EmbeddingRequest)
    const texts = typeof body.input === 'string' ? [body.input] : body.input
    const { value, totals } = await ctx.services.runs.record(
      ctx,
      { kind: 'embedding', title: `Embedding of ${texts.length} ${texts.length === 1 ? 'text' : 'texts'}` },
      async (run) => {
        const { vectors, provider, model, tokens } = await ctx.services.providerAdministration.embed(
          ctx,
          body.model,
          texts,
          run,
        )
        const size = vectors[0]?.length ?? 0
        if (body.dimensions && body.dimensions !== size)
          throw invalidInput([{ field: 'dimensions', message: `is not supported; ${provider}/${model} gives ${size}` }])
        return { vectors, provider, model, tokens }
      },
    )
    const { provider, model, tokens, vectors } = value
    const data = vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: body.encoding_format === 'base64' ? base64(vector) : [...vector],
    }))
    return Response.json(
      { object: 'list', data, model: `${provider}/${model}`, usage: { prompt_tokens: tokens, total_tokens: tokens } },
      { headers: answerHeaders(totals.runId, { provider, model, source: 'fresh', fallbackReason: null }, totals) },
    )
  },
})

/** Little-endian 32-bit floats, as the official clients ask for by default. */
function base64(vector: Float32Array): string {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64')
}
