import { conflict, newId, type Role, type Tenant, type TransactionContext } from '@guildhall/kernel'
import { and, eq, isNull } from 'drizzle-orm'
import { hashSecret, newInvitationToken } from './api-key.ts'
import { requireAuthorityOver } from './authority.ts'
import { invitations, memberships } from './schema.ts'

const lifetimeDays = 7

export interface CreatedInvitation {
  id: string
  email: string
  role: Role
  expiresAt: Date
  /** Carries the token; whoever opens it can join. */
  link: string
  /** Sends the invitation from the tenant that the transaction works for, in the same transaction. */
  sendMail: () => Promise<void>
}

/**
 * Writes an invitation of the tenant that the transaction works for. A new one to the same address replaces the open one.
 * @throws Problem 403 for a role above the caller's, 409 for somebody who is a member already.
 */
export async function createInvitation(
  ctx: TransactionContext,
  invitation: { tenant: Pick<Tenant, 'id' | 'name'>; email: string; role: Role },
): Promise<CreatedInvitation> {
  const { tenant, role } = invitation
  const email = invitation.email.toLowerCase()
  requireAuthorityOver(ctx.caller, role)
  const members = await ctx.db.$count(
    memberships,
    and(eq(memberships.tenantId, tenant.id), eq(memberships.email, email)),
  )
  if (members > 0)
    throw conflict(`email: ${email} is a member of ${tenant.name} already.`, [
      { field: 'email', message: 'is a member already' },
    ])
  await ctx.db
    .delete(invitations)
    .where(and(eq(invitations.tenantId, tenant.id), eq(invitations.email, email), isNull(invitations.acceptedAt)))
  const token = newInvitationToken()
  const id = newId()
  const createdAt = ctx.now()
  const expiresAt = new Date(createdAt.getTime() + lifetimeDays * 86_400_000)
  await ctx.db.insert(invitations).values({
    id,
    tenantId: tenant.id,
    email,
    role,
    tokenHash: hashSecret(token),
    invitedBy: `${ctx.actor.type}:${ctx.actor.id}`,
    invitedByName: ctx.actor.name,
    createdAt,
    expiresAt,
  })
  // Behind the #: browsers do not send it, so it is in no access log and no referrer.
  const link = `${ctx.services.accounts.publicUrl}/invitation#${token}`
  return {
    id,
    email,
    role,
    expiresAt,
    link,
    sendMail: () =>
      ctx.services.mail.send(ctx, {
        to: email,
        subject: `Invitation to ${tenant.name}`,
        text: `Hello,\n\n${ctx.actor.name} invites you to ${tenant.name}. The link works once, within ${lifetimeDays} days.\n\nIf you do not expect this invitation, ignore this mail.`,
        action: { label: 'Accept the invitation', url: link },
        confidential: true,
      }),
  }
}
