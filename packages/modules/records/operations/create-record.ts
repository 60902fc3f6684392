import { operation } from '@guildhall/kernel'
import { z } from 'zod'
import { collectionPath, RecordDataInput, RecordOutput } from '../record-output.ts'

export const createRecord = operation({
  name: 'records.create',
  summary: 'Create a record',
  route: 'POST /projects/{projectId}/collections/{collection}/records',
  permission: 'records:write',
  status: 201,
  emits: ['record.created'],
  input: z.object({ ...collectionPath, data: RecordDataInput }),
  output: RecordOutput,
  async run(input, ctx) {
    const record = await ctx.services.records.create(ctx, input)
    ctx.audit({
      targets: [{ type: 'record', id: record.id }],
      metadata: { collection: input.collection, projectId: input.projectId },
    })
    return record
  },
})
