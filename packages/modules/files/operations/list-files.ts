import { containsText, Id, listInput, listRows, operation, page } from '@guildhall/kernel'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import { files } from '../schema.ts'
import { StoredFileOutput } from '../stored-file-output.ts'

export const listFiles = operation({
  name: 'files.list',
  summary: 'List files',
  route: 'GET /files',
  permission: 'files:read',
  input: listInput(['name', 'size', 'createdAt'], {
    bucket: z.string().max(100).optional().describe('Only files of this bucket'),
    projectId: Id.optional().describe('Only files of this project'),
  }),
  output: page(StoredFileOutput),
  run: ({ bucket, projectId, q, ...request }, ctx) =>
    listRows<typeof files.$inferSelect>(
      ctx.db,
      {
        table: files,
        id: files.id,
        sortable: { name: files.name, size: files.size, createdAt: files.createdAt },
        defaultSort: '-createdAt',
        where: and(
          eq(files.tenantId, ctx.tenant.id),
          eq(files.state, 'stored'),
          bucket === undefined ? undefined : eq(files.bucket, bucket),
          projectId === undefined ? undefined : eq(files.projectId, projectId),
          containsText(files.name, q),
        ),
      },
      request,
    ),
})
