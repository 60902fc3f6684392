import { createHmac, timingSafeEqual } from 'node:crypto'

/** HMAC-SHA-256 over what the link opens and until when (Unix seconds), in base64url. */
export function signLink(key: Buffer, tenantId: string, fileId: string, expires: number): string {
  return createHmac('sha256', key)
    .update(`file-content|${tenantId}|${fileId}|${String(expires)}`)
    .digest('base64url')
}

/** Compares in constant time, so that a signature cannot be guessed byte by byte. */
export function verifyLink(key: Buffer, tenantId: string, fileId: string, expires: number, signature: string): boolean {
  const expected = Buffer.from(signLink(key, tenantId, fileId, expires))
  const given = Buffer.from(signature)
  return given.length === expected.length && timingSafeEqual(given, expected)
}
