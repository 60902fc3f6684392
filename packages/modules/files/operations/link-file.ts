import { Id, notFound, operation, Timestamp } from '@guildhall/kernel'
import { z } from 'zod'

const week = 7 * 24 * 3600

export const linkFile = operation({
  name: 'files.link',
  summary: 'Make a link to a file that works without signing in until it expires',
  route: 'POST /files/{id}/link',
  permission: 'files:read',
  input: z.object({
    id: Id,
    seconds: z.int().min(1).max(week).default(300).describe('How long the link works, in seconds; at most a week'),
  }),
  output: z.object({ url: z.string().describe('Relative to this installation'), expiresAt: Timestamp }),
  async run({ id, seconds }, ctx) {
    const file = await ctx.services.files.find(ctx, id)
    if (!file) throw notFound('file', id)
    ctx.audit({ targets: [{ type: 'file', id, name: file.name }], metadata: { seconds } })
    return {
      url: ctx.services.files.signedUrl(ctx, id, seconds),
      expiresAt: new Date((Math.floor(ctx.now().getTime() / 1000) + seconds) * 1000),
    }
  },
})
