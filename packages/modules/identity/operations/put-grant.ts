import { Id, newId, notFound, operation, roles, tenants } from '@guildhall/kernel'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import { requireAuthorityOver } from '../authority.ts'
import { agencyGrants, memberships } from '../schema.ts'

export const putGrant = operation({
  name: 'grants.put',
  summary: 'Let a member of the agency work for a client, or for all of them',
  description:
    'Owners and admins of the agency reach all clients without a grant. A second grant for the same person and client replaces the first.',
  route: 'PUT /grants',
  permission: 'members:admin',
  tenant: 'agency',
  tool: false,
  input: z.object({
    userId: z.string().min(1).max(100),
    clientId: Id.nullable().describe('Null = every client'),
    role: z.enum(roles),
  }),
  output: z.object({ id: z.string(), userId: z.string(), clientId: z.string().nullable(), role: z.enum(roles) }),
  async run({ userId, clientId, role }, ctx) {
    const { db, tenant } = ctx
    requireAuthorityOver(ctx.caller, role)
    const [member] = await db
      .select({ email: memberships.email })
      .from(memberships)
      .where(and(eq(memberships.tenantId, tenant.id), eq(memberships.userId, userId)))
    if (!member) throw notFound('member of the agency', userId)
    if (clientId !== null) {
      const mine = await db.$count(
        tenants,
        and(eq(tenants.id, clientId), eq(tenants.agencyId, tenant.id), eq(tenants.kind, 'client')),
      )
      if (mine === 0) throw notFound('client', clientId)
    }
    const [grant] = await db
      .insert(agencyGrants)
      .values({
        id: newId(),
        tenantId: tenant.id,
        userId,
        clientId,
        role,
        grantedBy: `${ctx.actor.type}:${ctx.actor.id}`,
      })
      .onConflictDoUpdate({
        target: [agencyGrants.tenantId, agencyGrants.userId, agencyGrants.clientId],
        set: { role },
      })
      .returning({ id: agencyGrants.id })
    if (!grant) throw new Error('A grant was neither made nor changed')
    ctx.audit({ targets: [{ type: 'user', id: userId, name: member.email }], metadata: { clientId, role } })
    return { id: grant.id, userId, clientId, role }
  },
})
