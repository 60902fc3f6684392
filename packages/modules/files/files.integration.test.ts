import { createHash, randomBytes } from 'node:crypto'
import { readdir, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { auditEvents, newId, type Caller, type Tenant } from '@guildhall/kernel'
import { startTestRuntime, type TestRuntime } from '@guildhall/kernel/testing'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { fileContent } from './endpoints/content.ts'
import { uploadFile } from './endpoints/upload.ts'
import { filesModule, localDisk } from './index.ts'
import { getFile } from './operations/get-file.ts'
import { linkFile } from './operations/link-file.ts'
import { listFiles } from './operations/list-files.ts'
import { removeFile } from './operations/remove-file.ts'
import { sweepStorage } from './sweep.ts'

let app: TestRuntime
let alpha: Tenant
let beta: Tenant
beforeAll(async () => {
  app = await startTestRuntime({ modules: [filesModule()], env: { GUILDHALL_MAX_UPLOAD_MB: '1' }, worker: true })
  ;[alpha, beta] = app.clients
  app.runtime.services.files.registerBucket({
    name: 'recordings',
    title: 'Recordings',
    accept: ['audio/*', 'text/vtt'],
    maxBytes: 500,
  })
})
afterAll(() => app.stop())

const member = () => app.as('member', alpha)
const anonymous: Caller = {
  actor: { type: 'anonymous', id: 'anonymous', name: 'Anonymous' },
  tenant: null,
  role: null,
  scopes: null,
  method: 'none',
}

async function upload(
  query: string,
  body: string | Uint8Array<ArrayBuffer> | ReadableStream,
  headers: Record<string, string> = {},
  caller = member(),
) {
  const request = new Request(`http://localhost/api/files?${query}`, {
    method: 'POST',
    body,
    headers,
    duplex: 'half',
  })
  const response = await uploadFile.run(request, app.context(caller), {})
  return (await response.json()) as {
    id: string
    name: string
    mediaType: string
    size: number
    sha256: string
    bucket: string
  }
}

function content(
  id: string,
  options: { query?: string; headers?: Record<string, string>; caller?: Caller; method?: string } = {},
) {
  const request = new Request(`http://localhost/api/files/${id}/content${options.query ?? ''}`, {
    method: options.method ?? 'GET',
    headers: options.headers ?? {},
  })
  return fileContent.run(request, app.context(options.caller ?? member()), { id })
}

const diskKeys = async (tenant: Tenant) =>
  (await Array.fromAsync(localDisk({ folder: app.config.filesDir }).list(`${tenant.id}/`))).map((object) => object.key)

describe('an upload', () => {
  it('is stored with its type, size and hash, listed, and recorded in the audit trail', async () => {
    const bytes = randomBytes(200_000)
    const stored = await upload('name=..%2Fnotes%2Fb%C3%BCro.bin', new Uint8Array(bytes))
    expect(stored).toMatchObject({
      name: 'büro.bin',
      bucket: 'files',
      mediaType: 'application/octet-stream',
      size: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    })
    expect(await app.run(getFile, { id: stored.id }, member())).toMatchObject({ id: stored.id })
    const listed = await app.run(listFiles, { q: 'BÜRO' }, member())
    expect(listed.items.map((file) => file.id)).toEqual([stored.id])
    const audited = await app
      .context(member())
      .transaction((tx) => tx.db.select().from(auditEvents).where(eq(auditEvents.action, 'files.upload')))
    expect(audited).toContainEqual(
      expect.objectContaining({ targets: [{ type: 'file', id: stored.id, name: 'büro.bin' }] }),
    )
  })

  it('larger than allowed is refused with 413, by its header and by its bytes', async () => {
    const large = new Uint8Array(1024 * 1024 + 1)
    await expect(upload('name=a.bin', large)).rejects.toMatchObject({ status: 413 })
    const before = await diskKeys(alpha)
    const unannounced = new Blob([large]).stream()
    await expect(upload('name=a.bin', unannounced)).rejects.toMatchObject({ status: 413 })
    await expect(upload('name=a.vtt&bucket=recordings', `WEBVTT\n${' '.repeat(600)}`)).rejects.toMatchObject({
      status: 413,
    })
    expect(await diskKeys(alpha)).toEqual(before)
  })

  it.each([
    ['', 'x', 400, 'name'],
    ['name=..', 'x', 400, 'name'],
    ['name=a.txt', '', 400, 'body'],
    ['name=a.txt&bucket=nowhere', 'x', 400, 'bucket'],
    ['name=a.txt&projectId=../x', 'x', 400, 'projectId'],
    ['name=a.txt&bucket=recordings', 'x', 415, 'name'],
    ['name=a.png', 'not a picture', 415, 'name'],
    ['name=a.exe', 'x', 415, 'name'],
  ])('with ?%s and body %j answers %i naming %s', async (query, body, status, field) => {
    await expect(upload(query, body)).rejects.toMatchObject({ status, errors: [{ field }] })
  })

  it('that breaks off leaves neither a row nor bytes', async () => {
    const [rows, keys] = [await app.run(listFiles, {}, member()), await diskKeys(alpha)]
    let pulls = 0
    const broken = new ReadableStream({
      pull(controller) {
        if (pulls++ < 3) controller.enqueue(new Uint8Array(50_000))
        else controller.error(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }))
      },
    })
    await expect(upload('name=a.bin', broken)).rejects.toMatchObject({ type: 'upload-interrupted' })
    expect(await app.run(listFiles, {}, member())).toEqual(rows)
    expect(await diskKeys(alpha)).toEqual(keys)
    expect(await readdir(join(app.config.filesDir, '.incoming'))).toEqual([])
  })
})

describe('the content of a file', () => {
  it('is served whole, in part, or not at all when the caller has it', async () => {
    const { id, sha256 } = await upload('name=digits.txt', '0123456789')
    const whole = await content(id)
    expect(whole.status).toBe(200)
    expect(await whole.text()).toBe('0123456789')
    expect(Object.fromEntries(whole.headers)).toMatchObject({
      'accept-ranges': 'bytes',
      'content-length': '10',
      'content-type': 'text/plain; charset=utf-8',
      'content-disposition': 'inline; filename="digits.txt"',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringMatching(/^sandbox/),
      etag: `"${sha256}"`,
    })

    const saved = await content(id, { query: '?download=1', method: 'HEAD' })
    expect(saved.headers.get('content-disposition')).toBe('attachment; filename="digits.txt"')

    const part = await content(id, { headers: { range: 'bytes=2-5' } })
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([206, 'bytes 2-5/10', '2345'])
    const beyond = await content(id, { headers: { range: 'bytes=10-' } })
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, 'bytes */10'])
    const stale = await content(id, { headers: { range: 'bytes=2-5', 'if-range': '"other"' } })
    expect([stale.status, await stale.text()]).toEqual([200, '0123456789'])
    const known = await content(id, { headers: { 'if-none-match': `"${sha256}"` } })
    expect([known.status, await known.text()]).toEqual([304, ''])
    const head = await content(id, { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '10', ''])
  })

  it.each([
    ['page.html', '<!doctype html><script>alert(1)</script>', 'text/html; charset=utf-8'],
    ['drawing.svg', '<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', 'image/svg+xml'],
    ['data.json', '{}', 'application/json'],
  ])('%s is only ever downloaded, never shown in our origin', async (name, body, type) => {
    const { id } = await upload(`name=${name}`, body)
    const response = await content(id)
    expect(response.headers.get('content-disposition')).toBe(`attachment; filename="${name}"`)
    expect(response.headers.get('content-security-policy')).toMatch(/^sandbox/)
    expect(response.headers.get('content-type')).toBe(type)
    await response.body?.cancel()
  })

  it('belongs to its tenant: nobody else reads, links or removes it', async () => {
    const { id } = await upload('name=secret.txt', 'secret')
    const stranger = app.as('owner', beta)
    await expect(content(id, { caller: stranger })).rejects.toMatchObject({ status: 404 })
    await expect(content(id, { caller: anonymous })).rejects.toMatchObject({ status: 401 })
    await expect(app.run(getFile, { id }, stranger)).rejects.toMatchObject({ status: 404 })
    await expect(app.run(linkFile, { id }, stranger)).rejects.toMatchObject({ status: 404 })
    await expect(app.run(removeFile, { id }, stranger)).rejects.toMatchObject({ status: 404 })
    await expect(app.run(removeFile, { id }, app.as('viewer', alpha))).rejects.toMatchObject({ status: 403 })
    for (const hostile of ['..', '../x', `${id}/`, 'x'.repeat(9000)])
      await expect(content(hostile)).rejects.toMatchObject({ status: 404 })
  })
})

describe('a signed link', () => {
  it('opens exactly one file of one tenant, without signing in, until it expires', async () => {
    const { id } = await upload('name=a.txt', 'hello')
    const other = await upload('name=b.txt', 'other')
    const { url } = await app.run(linkFile, { id, seconds: 60 }, member())
    const query = url.slice(url.indexOf('?'))
    expect(await (await content(id, { query, caller: anonymous })).text()).toBe('hello')
    expect((await content(id, { query, caller: anonymous, headers: { range: 'bytes=0-0' } })).status).toBe(206)
    // Somebody signed in elsewhere opens it too.
    expect(await (await content(id, { query, caller: app.as('viewer', beta) })).text()).toBe('hello')

    const altered = (name: string, value: string) => {
      const parameters = new URLSearchParams(query)
      parameters.set(name, value)
      return `?${parameters.toString()}`
    }
    const refusals = [
      content(other.id, { query, caller: anonymous }),
      content(id, { query: altered('tenant', beta.id), caller: anonymous }),
      content(id, { query: altered('tenant', 'x'), caller: anonymous }),
      content(id, { query: altered('expires', '99999999999'), caller: anonymous }),
      content(id, { query: altered('expires', '1e99'), caller: anonymous }),
      content(id, { query: altered('signature', 'x'), caller: anonymous }),
      content(id, { query: altered('signature', ''), caller: anonymous }),
    ]
    for (const refusal of refusals) await expect(refusal).rejects.toMatchObject({ status: 403 })

    vi.spyOn(app.runtime, 'now').mockReturnValue(new Date(Date.now() + 61_000))
    await expect(content(id, { query, caller: anonymous })).rejects.toThrow(/expired/)
    vi.restoreAllMocks()
  })
})

describe('a removed file', () => {
  it('is hidden at once and its bytes are erased', async () => {
    const { id } = await upload('name=old.txt', 'old')
    await app.run(removeFile, { id }, member())
    await expect(content(id)).rejects.toMatchObject({ status: 404 })
    await expect(app.run(removeFile, { id }, member())).rejects.toMatchObject({ status: 404 })
    app.worker?.wake()
    await vi.waitFor(async () => expect(await diskKeys(alpha)).not.toContain(`${alpha.id}/${id}`), { timeout: 5000 })
  })
})

describe('the sweep', () => {
  it('removes bytes without a row once they are old enough, and nothing else', async () => {
    const { id } = await upload('name=kept.txt', 'kept')
    const storage = localDisk({ folder: app.config.filesDir })
    const put = async (tenantId: string, ageHours: number) => {
      const key = `${tenantId}/${newId()}`
      await storage.put(key, Readable.from([Buffer.from('orphan')]), { maxBytes: 100 })
      const at = new Date(Date.now() - ageHours * 3_600_000)
      await utimes(join(app.config.filesDir, key), at, at)
      return key
    }
    const strangeTenant = newId()
    const [orphan, young, ancient, foreign] = [
      await put(alpha.id, 2),
      await put(alpha.id, 0),
      await put(alpha.id, 24 * 30),
      await put(strangeTenant, 2),
    ]
    const keptAt = new Date(Date.now() - 2 * 3_600_000)
    await utimes(join(app.config.filesDir, alpha.id, id), keptAt, keptAt)

    expect(await sweepStorage(app.runtime, storage)).toEqual({ unfinished: 0, orphans: 1 })
    const keys = (await Array.fromAsync(storage.list(''))).map((object) => object.key)
    expect(keys).not.toContain(orphan)
    expect(keys).toEqual(expect.arrayContaining([young, ancient, foreign, `${alpha.id}/${id}`]))
  })
})

describe('a bucket', () => {
  it('may be registered again as it is, but not with another policy', () => {
    const { files } = app.runtime.services
    files.registerBucket({ name: 'recordings', title: 'Recordings', accept: ['text/vtt', 'audio/*'], maxBytes: 500 })
    expect(() => files.registerBucket({ name: 'recordings', title: 'Recordings', accept: [] })).toThrow(/Two buckets/)
  })
})
