import { endpoint } from '@guildhall/kernel'
import { z } from 'zod'
import { renderOpenAIProblem } from '../openai/problem.ts'
import { answerHeaders, servedModel } from '../surface/answer-headers.ts'
import { readJson } from '../surface/read-json.ts'

/** Body of `POST /v1/moderations` (OpenAI API reference, moderations). */
const ModerationRequest = z.object({
  model: z.string().max(300).default('default'),
  input: z.union(
    [z.string(), z.array(z.string()).min(1).max(100)],
    'must be a text or a list of up to 100 texts; pictures are not supported',
  ),
})

export const createModeration = endpoint({
  name: 'moderations.create',
  summary: 'Judgement of texts for OpenAI clients',
  route: 'POST /v1/moderations',
  permission: 'providers:use',
  cors: true,
  request: { contentType: 'application/json', schema: ModerationRequest },
  response: { contentType: 'application/json' },
  renderProblem: renderOpenAIProblem,
  async run(request, ctx) {
    const { model: requested, input } = await readJson(request, ModerationRequest)
    const texts = typeof input === 'string' ? [input] : input
    const { value, totals } = await ctx.services.runs.record(
      ctx,
      { kind: 'moderation', title: `Moderation of ${texts.length} ${texts.length === 1 ? 'text' : 'texts'}` },
      (run) => ctx.services.mediaModels.moderation(ctx, requested, texts, run),
    )
    const { provider, model, fallbackReason } = value
    const answered = { provider, model, source: 'fresh' as const, fallbackReason }
    return Response.json(
      {
        id: `modr-${totals.runId.replaceAll('-', '')}`,
        model: servedModel(answered),
        results: value.value.map(({ flagged, categories, scores }) => ({
          flagged,
          categories,
          category_scores: scores,
        })),
      },
      { headers: answerHeaders(totals.runId, answered, totals) },
    )
  },
})
