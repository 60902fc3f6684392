import { conflict, Id, notFound, operation, Timestamp } from '@guildhall/kernel'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import { hashSecret, newApiKey } from '../api-key.ts'
import { requireAuthorityOver } from '../authority.ts'
import { keysTopic, requireUnlimitedCaller } from '../limits-of-keys.ts'
import { apiKeys } from '../schema.ts'

/** Thirty days: time enough for every place where a key is written down. */
const longestOverlapMinutes = 30 * 24 * 60

export const rotateApiKey = operation({
  name: 'api-keys.rotate',
  summary: 'Give an API key a new secret; the old one is taken for a while longer',
  description:
    'Name, role, limits and counters stay with the key. The new secret is shown once. A secret of an earlier rotation ends at once: two are valid at most.',
  route: 'POST /api-keys/{id}/rotate',
  permission: 'api-keys:admin',
  tool: false,
  input: z.object({
    id: Id,
    overlapMinutes: z
      .int()
      .min(0)
      .max(longestOverlapMinutes)
      .default(24 * 60)
      .describe('Minutes that the old secret is still taken; 0 = none'),
  }),
  output: z.object({
    id: z.string(),
    key: z.string().describe('Shown this once; only its hash is kept'),
    last4: z.string(),
    rotatedAt: Timestamp,
    previousUntil: Timestamp.nullable().describe('Until when the old secret is taken; null = it is not any more'),
  }),
  async run({ id, overlapMinutes }, ctx) {
    await requireUnlimitedCaller(ctx)
    const mine = and(eq(apiKeys.tenantId, ctx.tenant.id), eq(apiKeys.id, id))
    const [known] = await ctx.db.select().from(apiKeys).where(mine).for('update')
    if (!known) throw notFound('API key', id)
    requireAuthorityOver(ctx.caller, known.role)
    const rotatedAt = ctx.now()
    if (known.revokedAt) throw conflict('This API key was revoked. Make a new one.')
    if (known.expiresAt && known.expiresAt <= rotatedAt) throw conflict('This API key has expired. Make a new one.')
    const key = newApiKey()
    const overlaps = overlapMinutes > 0
    const changed = {
      keyHash: hashSecret(key),
      last4: key.slice(-4),
      previousHash: overlaps ? known.keyHash : null,
      previousUntil: overlaps ? new Date(rotatedAt.getTime() + overlapMinutes * 60_000) : null,
      rotatedAt,
    }
    await ctx.db.update(apiKeys).set(changed).where(mine)
    ctx.notice(keysTopic, id)
    ctx.audit({ targets: [{ type: 'api-key', id, name: known.name }], metadata: { overlapMinutes } })
    return { id, key, last4: changed.last4, rotatedAt, previousUntil: changed.previousUntil }
  },
})
