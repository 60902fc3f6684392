import { Id, notFound, operation } from '@guildhall/kernel'
import { and, eq, isNull } from 'drizzle-orm'
import { z } from 'zod'
import { requireAuthorityOver } from '../authority.ts'
import { invitations } from '../schema.ts'

export const revokeInvitation = operation({
  name: 'invitations.revoke',
  summary: 'Take an invitation back; its link stops working',
  route: 'DELETE /invitations/{id}',
  permission: 'members:admin',
  tool: false,
  input: z.object({ id: Id }),
  output: z.object({ id: z.string() }),
  async run({ id }, ctx) {
    const open = and(eq(invitations.tenantId, ctx.tenant.id), eq(invitations.id, id), isNull(invitations.acceptedAt))
    const [invitation] = await ctx.db.select().from(invitations).where(open).for('update')
    if (!invitation) throw notFound('open invitation', id)
    requireAuthorityOver(ctx.caller, invitation.role)
    await ctx.db.delete(invitations).where(open)
    ctx.audit({ targets: [{ type: 'invitation', id, name: invitation.email }] })
    return { id }
  },
})
