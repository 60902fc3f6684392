import { notFound, operation, roles } from '@guildhall/kernel'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import { requireAuthorityOver } from '../authority.ts'
import { lockOwners, requireAnotherOwner } from '../owners.ts'
import { memberships } from '../schema.ts'

export const updateMember = operation({
  name: 'members.update',
  summary: 'Change the role of a member',
  route: 'PATCH /members/{userId}',
  permission: 'members:admin',
  tool: false,
  input: z.object({ userId: z.string().min(1).max(100), role: z.enum(roles) }),
  output: z.object({ userId: z.string(), role: z.enum(roles) }),
  async run({ userId, role }, ctx) {
    const owners = await lockOwners(ctx)
    const one = and(eq(memberships.tenantId, ctx.tenant.id), eq(memberships.userId, userId))
    const [member] = await ctx.db.select().from(memberships).where(one).for('update')
    if (!member) throw notFound('member', userId)
    requireAuthorityOver(ctx.caller, member.role)
    requireAuthorityOver(ctx.caller, role)
    if (member.role === 'owner' && role !== 'owner') await requireAnotherOwner(ctx, owners, userId)
    await ctx.db.update(memberships).set({ role }).where(one)
    ctx.audit({
      targets: [{ type: 'user', id: userId, name: member.email }],
      metadata: { from: member.role, to: role },
    })
    return { userId, role }
  },
})
