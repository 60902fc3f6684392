import { Problem, tenants, type Context } from '@guildhall/kernel'
import { eq } from 'drizzle-orm'
import { presentSecret } from './access.ts'
import { hashSecret } from './api-key.ts'
import { invitations } from './schema.ts'

/**
 * The open invitation of a token. The token is the right to see it: no tenant is known yet.
 * @throws Problem 410 for one that was never made, is used, taken back or expired: the answer does not tell which.
 */
export async function findInvitation(ctx: Context, token: string) {
  const hash = hashSecret(token)
  const found = await ctx.transaction(
    async ({ db }) => {
      await presentSecret(db, hash)
      const [row] = await db
        .select({ invitation: invitations, tenant: tenants })
        .from(invitations)
        .innerJoin(tenants, eq(tenants.id, invitations.tenantId))
        .where(eq(invitations.tokenHash, hash))
      return row
    },
    { readOnly: true },
  )
  if (!found || found.invitation.acceptedAt || found.invitation.expiresAt <= ctx.now() || found.tenant.archivedAt)
    throw goneInvitation()
  return found
}

export function goneInvitation(): Problem {
  return new Problem({
    status: 410,
    type: 'invitation-gone',
    title: 'This invitation does not work any more',
    detail: 'It was used, taken back or has expired. Ask the person who invited you for a new one.',
  })
}
