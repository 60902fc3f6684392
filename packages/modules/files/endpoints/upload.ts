import { Readable } from 'node:stream'
import { auditEvents, endpoint, invalidInput, newId } from '@guildhall/kernel'
import { StoredFileOutput } from '../stored-file-output.ts'
import { tooLarge } from '../upload-problems.ts'

export const uploadFile = endpoint({
  name: 'files.upload',
  summary: 'Upload a file: the raw bytes as the body, `name`, `bucket` and `projectId` in the query',
  route: 'POST /api/files',
  permission: 'files:write',
  maxBody: null,
  request: { contentType: 'application/octet-stream' },
  response: { contentType: 'application/json', schema: StoredFileOutput },
  async run(request, ctx) {
    const query = new URL(request.url).searchParams
    const name = query.get('name')
    if (name === null)
      throw invalidInput([{ field: 'name', message: 'is missing; send it in the query, ?name=report.pdf' }])
    const bucket = ctx.services.files.bucket(query.get('bucket') ?? 'files')
    if (Number(request.headers.get('content-length') ?? 0) > bucket.maxBytes) throw tooLarge(bucket.maxBytes)
    if (request.body === null) throw invalidInput([{ field: 'body', message: 'the file is empty' }])
    const projectId = query.get('projectId')
    const mediaType = request.headers.get('content-type')
    const file = await ctx.services.files.save(
      ctx,
      {
        name,
        bucket: bucket.name,
        body: Readable.fromWeb(request.body),
        ...(projectId === null ? {} : { projectId }),
        ...(mediaType === null ? {} : { mediaType }),
      },
      async (tx, stored) => {
        await tx.db.insert(auditEvents).values({
          id: newId(),
          tenantId: ctx.tenant.id,
          action: 'files.upload',
          actorType: ctx.actor.type,
          actorId: ctx.actor.id,
          actorName: ctx.actor.name,
          targets: [{ type: 'file', id: stored.id, name: stored.name }],
          metadata: { bucket: stored.bucket, size: stored.size, mediaType: stored.mediaType },
          outcome: 'ok',
          requestId: ctx.requestId,
        })
      },
    )
    return Response.json(StoredFileOutput.parse(file), { status: 201, headers: { location: `/api/files/${file.id}` } })
  },
})
