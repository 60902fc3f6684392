import { Id, notFound, operation } from '@guildhall/kernel'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import { requireAuthorityOver } from '../authority.ts'
import { agencyGrants } from '../schema.ts'

export const removeGrant = operation({
  name: 'grants.remove',
  summary: 'Take a grant back; it counts no more from the next request on',
  route: 'DELETE /grants/{id}',
  permission: 'members:admin',
  tenant: 'agency',
  tool: false,
  input: z.object({ id: Id }),
  output: z.object({ id: z.string() }),
  async run({ id }, ctx) {
    const one = and(eq(agencyGrants.tenantId, ctx.tenant.id), eq(agencyGrants.id, id))
    const [grant] = await ctx.db.select().from(agencyGrants).where(one).for('update')
    if (!grant) throw notFound('grant', id)
    requireAuthorityOver(ctx.caller, grant.role)
    await ctx.db.delete(agencyGrants).where(one)
    ctx.audit({
      targets: [{ type: 'grant', id }],
      metadata: { userId: grant.userId, clientId: grant.clientId, role: grant.role },
    })
    return { id }
  },
})
