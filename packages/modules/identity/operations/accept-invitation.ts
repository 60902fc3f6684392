import {
  auditEvents,
  conflict,
  invalidInput,
  newId,
  operation,
  roles,
  strongest,
  unauthenticated,
  type Context,
} from '@guildhall/kernel'
import { and, eq, isNull } from 'drizzle-orm'
import { z } from 'zod'
import { actForTenant } from '../access.ts'
import type { Account } from '../accounts.ts'
import { findInvitation, goneInvitation } from '../find-invitation.ts'
import { invitations, memberships } from '../schema.ts'

export const acceptInvitation = operation({
  name: 'invitations.accept',
  summary: 'Join a tenant with the token of an invitation, with an account or with a new one',
  description:
    'Signed in: the account must have the invited address. Not signed in: `name` and `password` make an account; sign in with them afterwards.',
  route: 'POST /invitations/accept',
  permission: 'public',
  tenant: 'none',
  external: true,
  tool: false,
  secret: ['token', 'password'],
  input: z.object({
    token: z.string().min(20).max(200),
    name: z.string().trim().min(1).max(80).optional(),
    password: z.string().max(256).optional(),
  }),
  output: z.object({
    tenant: z.object({ id: z.string(), kind: z.enum(['agency', 'client']), slug: z.string(), name: z.string() }),
    role: z.enum(roles),
    email: z.string(),
    accountCreated: z.boolean(),
  }),
  async run({ token, name, password }, ctx) {
    const { invitation, tenant } = await findInvitation(ctx, token)
    const { account, created } = await accountFor(ctx, invitation.email, name, password)
    const role = await ctx.transaction(async ({ db }) => {
      await actForTenant(db, tenant.id)
      const mine = and(
        eq(invitations.tenantId, tenant.id),
        eq(invitations.id, invitation.id),
        isNull(invitations.acceptedAt),
      )
      const taken = await db
        .update(invitations)
        .set({ acceptedAt: ctx.now() })
        .where(mine)
        .returning({ role: invitations.role })
      const offered = taken[0]?.role
      // Somebody was faster, or the invitation was taken back in between.
      if (!offered) throw goneInvitation()
      const who = and(eq(memberships.tenantId, tenant.id), eq(memberships.userId, account.id))
      const [member] = await db.select({ role: memberships.role }).from(memberships).where(who).for('update')
      const role = strongest(member?.role ?? null, offered) ?? offered
      if (member) await db.update(memberships).set({ role }).where(who)
      else
        await db
          .insert(memberships)
          .values({ tenantId: tenant.id, userId: account.id, name: account.name, email: account.email, role })
      // The caller has no tenant yet, so the kernel writes no row: this one is the tenant's.
      await db.insert(auditEvents).values({
        id: newId(),
        tenantId: tenant.id,
        action: 'invitations.accept',
        actorType: 'user',
        actorId: account.id,
        actorName: account.name,
        targets: [{ type: 'invitation', id: invitation.id, name: invitation.email }],
        metadata: { role, accountCreated: created },
        outcome: 'ok',
        requestId: ctx.requestId,
      })
      return role
    })
    const { id, kind, slug } = tenant
    return { tenant: { id, kind, slug, name: tenant.name }, role, email: account.email, accountCreated: created }
  },
})

async function accountFor(
  ctx: Context,
  email: string,
  name: string | undefined,
  password: string | undefined,
): Promise<{ account: Account; created: boolean }> {
  const { accounts, mail } = ctx.services
  const { actor } = ctx
  if (actor.type === 'user') {
    const account = await accounts.find(actor.id)
    if (!account || account.email !== email)
      throw conflict(
        `This invitation is for ${email}, you are signed in as ${actor.email}. Sign out, then open the link again.`,
      )
    return { account, created: false }
  }
  if (await accounts.findByEmail(email))
    throw unauthenticated(`There is an account for ${email}. Sign in with it, then open the link again.`)
  const missing = [
    ...(name === undefined ? [{ field: 'name', message: 'is needed for a new account' }] : []),
    ...(password === undefined
      ? [{ field: 'password', message: 'is needed for a new account, 12 characters or more' }]
      : []),
  ]
  if (name === undefined || password === undefined) throw invalidInput(missing)
  // A token that went out by mail proves the address; one that was handed over does not.
  return {
    account: await accounts.create({ email, name, password, emailVerified: mail.leavesTheHouse }),
    created: true,
  }
}
