import { endpoint } from '@guildhall/kernel'
import { z } from 'zod'
import { renderOpenAIProblem } from '../openai/problem.ts'
import { answerHeaders } from '../surface/answer-headers.ts'
import { seconds } from '../surface/dialect.ts'
import { readJson } from '../surface/read-json.ts'

/** Body of `POST /v1/images/generations` (OpenAI API reference, images). */
const ImageRequest = z.object({
  model: z.string().max(300).default('default'),
  prompt: z.string().min(1).max(32_000),
  n: z.int().min(1).max(10).nullish(),
  size: z
    .string()
    .regex(/^(auto|[1-9]\d{1,3}x[1-9]\d{1,3})$/, 'must be `auto`, or width x height such as 1024x1024')
    .nullish(),
  quality: z.string().max(20).nullish(),
  style: z.string().max(20).nullish(),
  background: z.string().max(20).nullish(),
  output_format: z.enum(['png', 'jpeg', 'webp']).nullish(),
  response_format: z.literal('b64_json', 'must be `b64_json`; images are not kept, so they have no address').nullish(),
  stream: z.literal(false, 'is not supported; leave it out').nullish(),
  partial_images: z.literal(0, 'is not supported; leave it out').nullish(),
})

export const createImage = endpoint({
  name: 'images.create',
  summary: 'Images for OpenAI clients',
  route: 'POST /v1/images/generations',
  permission: 'providers:use',
  cors: true,
  request: { contentType: 'application/json', schema: ImageRequest },
  response: { contentType: 'application/json' },
  renderProblem: renderOpenAIProblem,
  async run(request, ctx) {
    const body = await readJson(request, ImageRequest)
    const { value, totals } = await ctx.services.runs.record(
      ctx,
      { kind: 'image', title: body.prompt, input: body },
      (run) =>
        ctx.services.mediaModels.images(
          ctx,
          body.model,
          {
            prompt: body.prompt,
            count: body.n ?? 1,
            size: sizeOf(body.size),
            quality: body.quality ?? undefined,
            style: body.style ?? undefined,
            background: body.background ?? undefined,
            outputFormat: body.output_format ?? undefined,
          },
          run,
        ),
    )
    const { images, usage } = value.value
    const { provider, model, fallbackReason } = value
    return Response.json(
      {
        created: seconds(),
        data: images.map(({ bytes }) => ({ b64_json: Buffer.from(bytes).toString('base64') })),
        output_format: images[0]?.mediaType.split('/')[1] ?? null,
        ...(usage
          ? {
              usage: {
                input_tokens: usage.input,
                output_tokens: usage.output,
                total_tokens: usage.input + usage.output,
              },
            }
          : {}),
      },
      { headers: answerHeaders(totals.runId, { provider, model, source: 'fresh', fallbackReason }, totals) },
    )
  },
})

function sizeOf(size: string | null | undefined): `${number}x${number}` | undefined {
  const [width, height] = size && size !== 'auto' ? size.split('x').map(Number) : []
  return width && height ? `${width}x${height}` : undefined
}
