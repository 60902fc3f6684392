import { operation } from '@guildhall/kernel'
import { z } from 'zod'
import { recordPath } from '../record-output.ts'

export const removeRecord = operation({
  name: 'records.remove',
  summary: 'Remove a record; `records.restore` undoes it',
  route: 'DELETE /projects/{projectId}/collections/{collection}/records/{id}',
  permission: 'records:write',
  emits: ['record.removed'],
  input: z.object({
    ...recordPath,
    version: z.int().min(1).optional().describe('Version that is meant; 409 when another one is stored'),
  }),
  output: z.object({ id: z.uuid() }),
  async run({ version, ...input }, ctx) {
    ctx.audit({
      targets: [{ type: 'record', id: input.id }],
      metadata: { collection: input.collection, projectId: input.projectId },
    })
    await ctx.services.records.remove(ctx, { ...input, ...(version === undefined ? {} : { version }) })
    return { id: input.id }
  },
})
