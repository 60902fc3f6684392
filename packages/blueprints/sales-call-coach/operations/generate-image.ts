import { Id, operation } from '@guildhall/kernel'
import { z } from 'zod'
import { blueprintId } from '../blueprint-id.ts'

export const generateImage = operation({
  name: 'coach.generate-image',
  summary: 'Make an image for a campaign with a provider’s image model and keep it as a file',
  route: 'POST /generate-image',
  permission: 'files:write',
  tenant: 'client',
  external: true,
  input: z.object({
    projectId: Id.optional(),
    prompt: z.string().trim().min(3).max(2000),
    size: z.enum(['1024x1024', '1536x1024', '1024x1536']).default('1024x1024'),
    campaignId: Id.optional().describe('Campaign that gets the image'),
  }),
  output: z.object({
    fileId: z.string(),
    name: z.string(),
    mediaType: z.string(),
    size: z.int(),
    url: z.string().describe('Works without signing in for an hour'),
    provider: z.string(),
    model: z.string(),
    runId: z.string(),
  }),
  async run({ projectId, prompt, size, campaignId }, ctx) {
    const project = await ctx.services.projects.resolve(ctx, blueprintId, projectId)
    const { value, totals } = await ctx.services.runs.record(
      ctx,
      { kind: 'image', title: prompt, projectId: project.id, input: { prompt, size } },
      async (run) => {
        const image = await ctx.services.providers.generateImage(ctx, { prompt, size }, run)
        const extension = image.mediaType === 'image/jpeg' ? 'jpg' : (image.mediaType.split('/')[1] ?? 'png')
        const name = `${
          prompt
            .replaceAll(/[^\p{L}\p{N} -]/gu, '')
            .trim()
            .slice(0, 60) || 'image'
        }.${extension}`
        const file = await ctx.services.files.save(ctx, {
          name,
          bucket: 'campaign-images',
          body: image.bytes,
          mediaType: image.mediaType,
          projectId: project.id,
        })
        return { file, provider: image.provider, model: image.model }
      },
    )
    if (campaignId !== undefined)
      await ctx.transaction((tx) =>
        tx.services.records.update(tx, {
          projectId: project.id,
          collection: 'campaigns',
          id: campaignId,
          data: { imageFileId: value.file.id },
        }),
      )
    const { file, provider, model } = value
    return {
      fileId: file.id,
      name: file.name,
      mediaType: file.mediaType,
      size: file.size,
      url: ctx.services.files.signedUrl(ctx, file.id, 3600),
      provider,
      model,
      runId: totals.runId,
    }
  },
})
