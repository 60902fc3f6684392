import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { localKeyRing, openBytes, sealBytes, secretFile } from './keyring.ts'
import { startTestRuntime, type TestRuntime } from './testing/index.ts'

let app: TestRuntime
beforeAll(async () => {
  app = await startTestRuntime({ modules: [] })
})
afterAll(() => app.stop())

describe('a sealed value', () => {
  const place = { table: 'connections', column: 'key', row: '1' }
  it('opens only in its place and for its tenant', async () => {
    const [alpha, beta] = app.clients.map((client) => app.context(app.as('owner', client)).vault)
    if (!alpha || !beta) throw new Error('two clients expected')
    const sealed = await alpha.seal(place, 'sk-secret')
    expect(sealed).not.toContain('sk-secret')
    expect(await alpha.open(place, sealed)).toBe('sk-secret')
    await expect(alpha.open({ ...place, row: '2' }, sealed)).rejects.toThrow()
    await expect(beta.open(place, sealed)).rejects.toThrow()
  })
  it('does not open when a byte was altered', () => {
    const key = randomBytes(32)
    const [version, nonce, tag, body = ''] = sealBytes(key, Buffer.from('hello'), 'c').split('|')
    const altered = [version, nonce, tag, (body[0] === 'A' ? 'B' : 'A') + body.slice(1)].join('|')
    expect(() => openBytes(key, altered, 'c')).toThrow()
  })
  it('cannot have its key unwrapped for another tenant', async () => {
    const ring = localKeyRing(randomBytes(32))
    const wrapped = await ring.wrap(randomBytes(32), 'a')
    await expect(ring.unwrap(wrapped, 'b')).rejects.toThrow()
  })
})

describe('a secret file', () => {
  it('is made once, readable by its owner alone, also when two start at once', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'guildhall-secret-'))
    try {
      const [a, b] = await Promise.all([secretFile(folder, 's'), secretFile(folder, 's')])
      expect(a).toBe(b)
      expect(Buffer.from(a, 'base64')).toHaveLength(32)
      expect((await stat(join(folder, 's'))).mode & 0o777).toBe(0o600)
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
