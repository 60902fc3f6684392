import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { chmod, mkdir, open, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** Wraps the tenants' data keys. A file here; a key-management service can take its place. */
export interface KeyRing {
  wrap(key: Buffer, tenantId: string): Promise<string>
  /** @throws when the wrapped key was made by another key ring, for another tenant, or altered. */
  unwrap(wrapped: string, tenantId: string): Promise<Buffer>
}

const nonceBytes = 12
let random = Buffer.alloc(0)
let drawn = 0

/** Random bytes are drawn for many nonces at once: a draw costs more than the sealing of a short text. */
function freshNonce(): Buffer {
  if (drawn === random.length) {
    random = randomBytes(nonceBytes * 512)
    drawn = 0
  }
  return random.subarray(drawn, (drawn += nonceBytes))
}

/** AES-256-GCM, 96-bit random nonce: `v1|nonce|tag|ciphertext` in base64url (NIST SP 800-38D). */
export function sealBytes(key: Buffer, plain: Buffer, context: string): string {
  const nonce = freshNonce()
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context))
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()])
  return [
    'v1',
    nonce.toString('base64url'),
    cipher.getAuthTag().toString('base64url'),
    sealed.toString('base64url'),
  ].join('|')
}

/** @throws when the key or the context is another one, or a byte was altered. */
export function openBytes(key: Buffer, sealed: string, context: string): Buffer {
  const [version, nonce, tag, body] = sealed.split('|')
  if (version !== 'v1' || !nonce || !tag || body === undefined)
    throw new Error('Sealed value is not of a known version')
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64url'))
    .setAAD(Buffer.from(context))
    .setAuthTag(Buffer.from(tag, 'base64url'))
  return Buffer.concat([decipher.update(Buffer.from(body, 'base64url')), decipher.final()])
}

export function localKeyRing(keyEncryptionKey: Buffer): KeyRing {
  if (keyEncryptionKey.length !== 32) throw new Error('The key-encryption key must have 32 bytes')
  const context = (tenantId: string) => `tenant-key|${tenantId}`
  return {
    wrap: async (key, tenantId) => sealBytes(keyEncryptionKey, key, context(tenantId)),
    unwrap: async (wrapped, tenantId) => openBytes(keyEncryptionKey, wrapped, context(tenantId)),
  }
}

/**
 * Reads a secret from a file that only its owner may read, or makes it. Two processes that start together agree:
 * the file is created exclusively, the loser reads the winner's.
 */
export async function secretFile(
  folder: string,
  name: string,
  make: () => string = () => randomBytes(32).toString('base64'),
): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, name)
  try {
    const file = await open(path, 'wx', 0o600)
    try {
      const value = make()
      await file.writeFile(value)
      await file.sync()
      const parent = await open(dirname(path), 'r')
      await parent.sync()
      await parent.close()
      return value
    } finally {
      await file.close()
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  await chmod(path, 0o600)
  for (let attempt = 0; attempt < 50; attempt++) {
    const value = await readFile(path, 'utf8')
    if (value !== '') return value.trim()
    await sleep(20)
  }
  throw new Error(`Secret file ${path} is empty. Remove it to make a new secret, or restore it from a backup.`)
}
