import { operation } from '@guildhall/kernel'
import { z } from 'zod'
import { RecordDataInput, RecordOutput, recordPath } from '../record-output.ts'

export const updateRecord = operation({
  name: 'records.update',
  summary: 'Change members of a record',
  description: 'Members that are not sent stay as they are; null takes a member away unless its schema allows null.',
  route: 'PATCH /projects/{projectId}/collections/{collection}/records/{id}',
  permission: 'records:write',
  emits: ['record.updated'],
  input: z.object({
    ...recordPath,
    data: RecordDataInput,
    version: z.int().min(1).optional().describe('Version that the change is based on; 409 when another one is stored'),
  }),
  output: RecordOutput,
  async run({ version, ...input }, ctx) {
    ctx.audit({
      targets: [{ type: 'record', id: input.id }],
      metadata: { collection: input.collection, projectId: input.projectId },
    })
    return ctx.services.records.update(ctx, { ...input, ...(version === undefined ? {} : { version }) })
  },
})
