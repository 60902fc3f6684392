import { operation, page } from '@guildhall/kernel'
import { z } from 'zod'
import { collectionPath, parseFilter, RecordOutput } from '../record-output.ts'

export const listRecords = operation({
  name: 'records.list',
  summary: 'List the records of a collection',
  description: 'Filters and sorts by any member of the collection, and searches the text of its searched members.',
  route: 'GET /projects/{projectId}/collections/{collection}/records',
  permission: 'records:read',
  input: z.object({
    ...collectionPath,
    cursor: z.string().max(2000).optional().describe('`nextCursor` of the previous page'),
    limit: z.int().min(1).max(200).default(50).describe('Rows per page, at most 200'),
    sort: z.string().max(200).optional().describe('Member, `createdAt` or `updatedAt`; `-` before it for descending'),
    q: z.string().max(500).optional().describe('Words to search for; the last one may be unfinished'),
    filter: z
      .string()
      .max(10_000)
      .optional()
      .describe('Conditions as JSON: {"status":{"eq":"won"},"value":{"gte":100}}. eq, in, gte, lte, contains'),
    members: z.string().max(2000).optional().describe('Only these members of the data, separated by commas'),
  }),
  output: page(RecordOutput),
  async run({ filter, members, cursor, sort, q, ...of }, ctx) {
    const where = parseFilter(filter)
    return ctx.services.records.list(ctx, {
      ...of,
      ...(cursor === undefined ? {} : { cursor }),
      ...(sort === undefined ? {} : { sort }),
      ...(q === undefined ? {} : { q }),
      ...(where === undefined ? {} : { where }),
      ...(members === undefined ? {} : { members: members.split(',') }),
    })
  },
})
