import { operation, Timestamp } from '@guildhall/kernel'
import { z } from 'zod'
import { recordPath } from '../record-output.ts'

export const recordHistory = operation({
  name: 'records.history',
  summary: 'Show all versions of a record, newest first; also of a removed one',
  route: 'GET /projects/{projectId}/collections/{collection}/records/{id}/history',
  permission: 'records:read',
  input: z.object(recordPath),
  output: z.object({
    items: z.array(
      z.object({
        version: z.int(),
        change: z.enum(['create', 'update', 'remove', 'restore']),
        data: z.record(z.string(), z.unknown()).nullable().describe('Data of this version; null for a removal'),
        actor: z.object({ type: z.string(), id: z.string(), name: z.string() }),
        at: Timestamp,
      }),
    ),
  }),
  run: async (input, ctx) => ({ items: await ctx.services.records.history(ctx, input) }),
})
