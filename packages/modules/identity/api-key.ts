import { hash, randomBytes } from 'node:crypto'

/** Starts every key, so that scanners and people recognise one. */
export const keyPrefix = 'gh_'

/** A new API key: `gh_` and 256 random bits in base64url. Shown once; only its hash is stored. */
export function newApiKey(): string {
  return keyPrefix + randomBytes(32).toString('base64url')
}

/** A new invitation token: 256 random bits in base64url. */
export function newInvitationToken(): string {
  return randomBytes(32).toString('base64url')
}

/** SHA-256 in hex. Enough for secrets of 256 random bits: a slow hash protects guessable ones only. */
export function hashSecret(secret: string): string {
  return hash('sha256', secret, 'hex')
}
