import { createHmac } from 'node:crypto'

export interface AuthSecrets {
  /** The first one signs and seals, the others only open what they sealed. */
  secrets: { version: number; value: string }[]
  /** Opens what was sealed before seals named their secret: the oldest, since none has been before it. */
  secret: string
}

/**
 * Reads `newest,older,oldest` for the accounts library, which wants a number for each. It is made of the secret itself:
 * a place in the list would change when another one is taken out, and what was sealed under it could not be opened.
 */
export function readAuthSecrets(text: string): AuthSecrets {
  const values = [...new Set(text.split(',').map((value) => value.trim()))].filter(Boolean)
  return { secrets: values.map((value) => ({ version: versionOf(value), value })), secret: values.at(-1) ?? '' }
}

/** 48 bits: always a safe integer. Tells nothing of the secret. */
function versionOf(secret: string): number {
  return createHmac('sha256', secret).update('guildhall: version of a session secret').digest().readUIntBE(0, 6)
}
