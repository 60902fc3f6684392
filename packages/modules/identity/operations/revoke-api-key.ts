import { Id, notFound, operation, Timestamp } from '@guildhall/kernel'
import { and, eq, isNull } from 'drizzle-orm'
import { z } from 'zod'
import { requireAuthorityOver } from '../authority.ts'
import { keysTopic } from '../limits-of-keys.ts'
import { apiKeys } from '../schema.ts'

/** The row stays, so that the audit trail still knows whose key it was. */
export const revokeApiKey = operation({
  name: 'api-keys.revoke',
  summary: 'Revoke an API key; its next request is refused',
  route: 'DELETE /api-keys/{id}',
  permission: 'api-keys:admin',
  tool: false,
  input: z.object({ id: Id }),
  output: z.object({ id: z.string(), revokedAt: Timestamp }),
  async run({ id }, ctx) {
    const mine = and(eq(apiKeys.tenantId, ctx.tenant.id), eq(apiKeys.id, id))
    const [key] = await ctx.db.select().from(apiKeys).where(mine).for('update')
    if (!key) throw notFound('API key', id)
    requireAuthorityOver(ctx.caller, key.role)
    const revokedAt = key.revokedAt ?? ctx.now()
    await ctx.db
      .update(apiKeys)
      .set({ revokedAt })
      .where(and(mine, isNull(apiKeys.revokedAt)))
    ctx.notice(keysTopic, id)
    ctx.audit({ targets: [{ type: 'api-key', id, name: key.name }] })
    return { id, revokedAt }
  },
})
