import { notFound, operation } from '@guildhall/kernel'
import { z } from 'zod'
import { RecordOutput, recordPath } from '../record-output.ts'

export const getRecord = operation({
  name: 'records.get',
  summary: 'Look up a record',
  route: 'GET /projects/{projectId}/collections/{collection}/records/{id}',
  permission: 'records:read',
  input: z.object(recordPath),
  output: RecordOutput,
  async run(input, ctx) {
    const record = await ctx.services.records.get(ctx, input)
    if (!record) throw notFound('record', input.id)
    return record
  },
})
