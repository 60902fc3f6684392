import { roles, Timestamp } from '@guildhall/kernel'
import { KeyPolicyOutput } from '@guildhall/modules/limits'
import { z } from 'zod'

/** An API key without the key itself. */
export const ApiKey = z.object({
  id: z.string(),
  name: z.string(),
  role: z.enum(roles),
  scopes: z.array(z.string()).nullable(),
  last4: z.string().describe('Last characters of the key'),
  createdByName: z.string(),
  createdAt: Timestamp,
  expiresAt: Timestamp.nullable(),
  lastUsedAt: Timestamp.nullable().describe('To the minute'),
  revokedAt: Timestamp.nullable(),
  rotatedAt: Timestamp.nullable(),
  previousUntil: Timestamp.nullable().describe('Until when the secret before the last rotation is still taken'),
  policy: KeyPolicyOutput.nullable().describe('What it may call, and how much; null = what its role allows'),
})
