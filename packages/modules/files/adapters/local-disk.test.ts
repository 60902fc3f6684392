import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, open, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { newId } from '@guildhall/kernel'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { localDisk } from './local-disk.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'guildhall-disk-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const key = () => `${newId()}/${newId()}`
const plenty = { maxBytes: 10_000_000 }
const incoming = () => readdir(join(folder, '.incoming'))

describe('files on the local disk', () => {
  it('come back byte for byte, with their size and SHA-256', async () => {
    const storage = localDisk({ folder })
    const bytes = randomBytes(300_000)
    const at = key()
    const written = await storage.put(at, Readable.from([bytes.subarray(0, 100_001), bytes.subarray(100_001)]), plenty)
    expect(written).toEqual({ size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') })
    expect(await buffer(await storage.get(at))).toEqual(bytes)
    expect(await buffer(await storage.get(at, { start: 10, end: 19 }))).toEqual(bytes.subarray(10, 20))
    expect(await storage.head(at)).toEqual({ size: bytes.length })
    expect(await incoming()).toEqual([])
  })

  it('are listed by tenant, and gone after a delete, which may be repeated', async () => {
    const storage = localDisk({ folder })
    const [mine, theirs] = [key(), key()]
    await storage.put(mine, Readable.from([Buffer.from('mine')]), plenty)
    await storage.put(theirs, Readable.from([Buffer.from('theirs')]), plenty)
    const listed = await Array.fromAsync(storage.list(`${mine.split('/')[0]}/`))
    expect(listed).toMatchObject([{ key: mine, size: 4 }])
    expect(await Array.fromAsync(storage.list(''))).toHaveLength(2)
    await storage.delete(mine)
    await storage.delete(mine)
    expect(await storage.head(mine)).toBeNull()
    await expect(storage.get(mine)).rejects.toMatchObject({ status: 410 })
    expect(await storage.head(theirs)).toEqual({ size: 6 })
  })

  it.each([
    '../../etc/passwd',
    `${newId()}/../../x`,
    `${newId()}/${newId()}/x`,
    `${newId()}\\${newId()}`,
    `/${newId()}/${newId()}`,
    `${newId()}/${newId()}\0`,
    `${newId()}/%2e%2e`,
    `.incoming/${newId()}`,
    '',
  ])('are never reached by a key like %j', async (hostile) => {
    const storage = localDisk({ folder })
    await expect(storage.put(hostile, Readable.from([Buffer.from('x')]), plenty)).rejects.toThrow(/not of the form/)
    await expect(storage.get(hostile)).rejects.toThrow(/not of the form/)
    await expect(storage.head(hostile)).rejects.toThrow(/not of the form/)
    await expect(storage.delete(hostile)).rejects.toThrow(/not of the form/)
  })

  it('refuse more than the limit with 413 and leave nothing behind, without reading the rest', async () => {
    const storage = localDisk({ folder })
    let sent = 0
    const endless = Readable.from(
      (function* () {
        for (;;) {
          sent += 1000
          yield Buffer.alloc(1000)
        }
      })(),
    )
    const at = key()
    await expect(storage.put(at, endless, { maxBytes: 50_000 })).rejects.toMatchObject({ status: 413 })
    expect(sent).toBeLessThan(200_000)
    expect(await storage.head(at)).toBeNull()
    expect(await incoming()).toEqual([])
  })

  it.each(['ENOSPC', 'EDQUOT'])('answer 507 when the disk is full (%s) and leave nothing behind', async (code) => {
    const storage = localDisk({
      folder,
      openNew: async (path) => {
        const file = await open(path, 'wx')
        let writes = 0
        return {
          write: (chunk: Uint8Array) =>
            ++writes > 2 ? Promise.reject(Object.assign(new Error('no space'), { code })) : file.write(chunk),
          sync: () => file.sync(),
          close: () => file.close(),
        } as Awaited<ReturnType<typeof open>>
      },
    })
    const at = key()
    const body = Readable.from(Array.from({ length: 5 }, () => Buffer.alloc(1000)))
    await expect(storage.put(at, body, plenty)).rejects.toMatchObject({ status: 507, type: 'insufficient-storage' })
    expect(await storage.head(at)).toBeNull()
    expect(await incoming()).toEqual([])
  })

  it('are absent when their sender breaks off', async () => {
    const storage = localDisk({ folder })
    const broken = Readable.from(
      (async function* () {
        yield Buffer.alloc(1000)
        throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' })
      })(),
    )
    await expect(storage.put(key(), broken, plenty)).rejects.toMatchObject({ status: 400, type: 'upload-interrupted' })
    const stopping = new AbortController()
    const stopped = Readable.from(
      (async function* () {
        yield Buffer.alloc(1000)
        stopping.abort()
      })(),
    )
    await expect(storage.put(key(), stopped, { ...plenty, signal: stopping.signal })).rejects.toMatchObject({
      type: 'upload-interrupted',
    })
    expect(await incoming()).toEqual([])
    expect(await Array.fromAsync(storage.list(''))).toEqual([])
  })

  it('are absent when the process is killed in the middle, and the next start removes the unfinished part', async () => {
    const script = `
      import { Readable } from 'node:stream'
      import { setTimeout as sleep } from 'node:timers/promises'
      import { localDisk } from ${JSON.stringify(new URL('./local-disk.ts', import.meta.url).href)}
      const body = Readable.from((async function* () { for (;;) { yield Buffer.alloc(1000); process.stdout.write('.'); await sleep(5) } })())
      await localDisk({ folder: process.argv[1] }).put(${JSON.stringify(key())}, body, { maxBytes: 1e9 })`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(child.stdout, 'data')
    await sleep(50)
    const storage = localDisk({ folder })
    expect(await storage.sweep()).toBe(0)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(await incoming()).toHaveLength(1)
    expect(await storage.sweep()).toBe(1)
    expect(await incoming()).toEqual([])
    expect(await Array.fromAsync(storage.list(''))).toEqual([])
  })

  it('of another machine are swept only when no byte has come for a day', async () => {
    const storage = localDisk({ folder })
    await storage.put(key(), Readable.from([Buffer.from('x')]), plenty)
    const path = join(folder, '.incoming', 'elsewhere.1.token.id')
    await writeFile(path, 'part')
    expect(await storage.sweep()).toBe(0)
    const yesterday = new Date(Date.now() - 25 * 3_600_000)
    await utimes(path, yesterday, yesterday)
    expect(await storage.sweep()).toBe(1)
    await expect(readFile(path)).rejects.toThrow(/ENOENT/)
  })
})
