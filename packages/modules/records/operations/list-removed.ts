import { operation, page, Timestamp } from '@guildhall/kernel'
import { z } from 'zod'
import { collectionPath } from '../record-output.ts'

export const listRemovedRecords = operation({
  name: 'records.removed',
  summary: 'List removed records of a collection, last removed first; `records.restore` brings one back',
  route: 'GET /projects/{projectId}/collections/{collection}/removed',
  permission: 'records:read',
  input: z.object({
    ...collectionPath,
    cursor: z.string().max(500).optional().describe('`nextCursor` of the previous page'),
    limit: z.int().min(1).max(200).default(50).describe('Rows per page, at most 200'),
    q: z.string().max(200).optional().describe('Part of the title'),
  }),
  output: page(
    z.object({
      id: z.uuid(),
      title: z.string().describe('When it was removed; its id when it had none'),
      version: z.int().describe('Version of the removal'),
      removedAt: Timestamp,
      removedBy: z.object({ type: z.string(), id: z.string(), name: z.string() }),
    }),
  ),
  run: ({ cursor, q, ...of }, ctx) =>
    ctx.services.records.removed(ctx, {
      ...of,
      ...(cursor === undefined ? {} : { cursor }),
      ...(q === undefined ? {} : { q }),
    }),
})
