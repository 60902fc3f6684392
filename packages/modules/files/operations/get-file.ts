import { Id, notFound, operation } from '@guildhall/kernel'
import { z } from 'zod'
import { StoredFileOutput } from '../stored-file-output.ts'

export const getFile = operation({
  name: 'files.get',
  summary: 'Look up a file',
  route: 'GET /files/{id}',
  permission: 'files:read',
  input: z.object({ id: Id }),
  output: StoredFileOutput,
  async run({ id }, ctx) {
    const file = await ctx.services.files.find(ctx, id)
    if (!file) throw notFound('file', id)
    return file
  },
})
