import { notFound, operation } from '@guildhall/kernel'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import { requireAuthorityOver } from '../authority.ts'
import { lockOwners, requireAnotherOwner } from '../owners.ts'
import { agencyGrants, memberships } from '../schema.ts'

/** Works from the next request on: who may do what is looked up each time. */
export const removeMember = operation({
  name: 'members.remove',
  summary: 'Remove a person from this tenant; of the agency, with all grants at its clients',
  route: 'DELETE /members/{userId}',
  permission: 'members:admin',
  tool: false,
  input: z.object({ userId: z.string().min(1).max(100) }),
  output: z.object({ userId: z.string() }),
  async run({ userId }, ctx) {
    const owners = await lockOwners(ctx)
    const one = and(eq(memberships.tenantId, ctx.tenant.id), eq(memberships.userId, userId))
    const [member] = await ctx.db.select().from(memberships).where(one).for('update')
    if (!member) throw notFound('member', userId)
    requireAuthorityOver(ctx.caller, member.role)
    if (member.role === 'owner') await requireAnotherOwner(ctx, owners, userId)
    await ctx.db.delete(memberships).where(one)
    await ctx.db
      .delete(agencyGrants)
      .where(and(eq(agencyGrants.tenantId, ctx.tenant.id), eq(agencyGrants.userId, userId)))
    ctx.audit({ targets: [{ type: 'user', id: userId, name: member.email }], metadata: { role: member.role } })
    return { userId }
  },
})
