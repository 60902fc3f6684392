import { Readable } from 'node:stream'
import { authorize, endpoint, isId, notFound, type Context } from '@guildhall/kernel'
import { matchesEtag, parseRange } from '../byte-range.ts'
import type { StoredFile } from '../file-store.ts'
import { contentDisposition } from '../file-name.ts'

export const fileContent = endpoint({
  name: 'files.content',
  summary:
    'Read a file; ranges are served, `download=1` saves it, and a signed link (`tenant`, `expires`, `signature`) needs no sign-in',
  route: 'GET /api/files/{id}/content',
  // A signed link stands in for a caller; without one the permission is asked for below.
  permission: 'public',
  response: { contentType: 'application/octet-stream' },
  async run(request, ctx, params) {
    const { id = '' } = params
    if (!isId(id)) throw notFound('file', id)
    const query = new URL(request.url).searchParams
    const reader = await readerOf(ctx, id, query)
    const file = await reader.transaction((tx) => tx.services.files.find(tx, id), { readOnly: true })
    if (!file) throw notFound('file', id)
    const shown = isInline(file.mediaType) && query.get('download') !== '1'
    return respond(request, reader, file, shown ? 'inline' : 'attachment')
  },
})

async function readerOf(ctx: Context, id: string, query: URLSearchParams): Promise<Context> {
  const [tenant, expires, signature] = [query.get('tenant'), query.get('expires'), query.get('signature')]
  if (signature !== null)
    return ctx.services.files.contextOfLink(ctx, id, { tenant: tenant ?? '', expires: expires ?? '', signature })
  authorize({ name: 'files.content', permission: 'files:read' }, ctx.caller)
  return ctx
}

async function respond(
  request: Request,
  ctx: Context,
  file: StoredFile,
  disposition: 'inline' | 'attachment',
): Promise<Response> {
  const etag = `"${file.sha256}"`
  const headers = new Headers({
    etag,
    'accept-ranges': 'bytes',
    'cache-control': 'private, no-cache',
    'content-disposition': contentDisposition(disposition, file.name),
    'content-security-policy': policyFor(file.mediaType),
    'content-type': file.mediaType.startsWith('text/') ? `${file.mediaType}; charset=utf-8` : file.mediaType,
    'last-modified': file.createdAt.toUTCString(),
    'x-content-type-options': 'nosniff',
  })
  if (matchesEtag(request.headers.get('if-none-match'), etag)) return new Response(null, { status: 304, headers })

  const condition = request.headers.get('if-range')
  const range =
    condition === null || condition.trim() === etag ? parseRange(request.headers.get('range'), file.size) : null
  if (range === 'unsatisfiable') {
    headers.set('content-range', `bytes */${String(file.size)}`)
    headers.delete('content-disposition')
    return new Response(null, { status: 416, headers })
  }
  const { start, end } = range ?? { start: 0, end: file.size - 1 }
  headers.set('content-length', String(end - start + 1))
  if (range) headers.set('content-range', `bytes ${String(start)}-${String(end)}/${String(file.size)}`)
  const status = range ? 206 : 200
  if (request.method === 'HEAD') return new Response(null, { status, headers })
  const { body } = await ctx.services.files.open(ctx, file.id, { start, end })
  return new Response(Readable.toWeb(body), { status, headers })
}

/** Types that a browser shows without running anything of theirs in our origin. SVG can carry scripts. */
function isInline(mediaType: string): boolean {
  if (mediaType === 'application/pdf' || mediaType === 'text/plain') return true
  return /^(image|audio|video)\//.test(mediaType) && mediaType !== 'image/svg+xml'
}

/** Browsers do not start their PDF viewer in a sandbox; it runs apart from our origin anyway, and may load nothing. */
function policyFor(mediaType: string): string {
  return mediaType === 'application/pdf'
    ? "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'"
    : "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'"
}
