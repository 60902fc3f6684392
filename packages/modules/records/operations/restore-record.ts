import { operation } from '@guildhall/kernel'
import { z } from 'zod'
import { RecordOutput, recordPath } from '../record-output.ts'

export const restoreRecord = operation({
  name: 'records.restore',
  summary: 'Bring a removed record back as it was',
  route: 'POST /projects/{projectId}/collections/{collection}/records/{id}/restore',
  permission: 'records:write',
  emits: ['record.restored'],
  input: z.object(recordPath),
  output: RecordOutput,
  async run(input, ctx) {
    ctx.audit({
      targets: [{ type: 'record', id: input.id }],
      metadata: { collection: input.collection, projectId: input.projectId },
    })
    return ctx.services.records.restore(ctx, input)
  },
})
