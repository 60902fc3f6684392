import { operation, roles, Timestamp } from '@guildhall/kernel'
import { z } from 'zod'
import { findInvitation } from '../find-invitation.ts'

/** What the page behind the link shows before somebody accepts. */
export const previewInvitation = operation({
  name: 'invitations.preview',
  summary: 'Who invites whom to what',
  route: 'POST /invitations/preview',
  permission: 'public',
  tenant: 'none',
  external: true,
  readOnly: true,
  tool: false,
  secret: ['token'],
  input: z.object({ token: z.string().min(20).max(200) }),
  output: z.object({
    email: z.string(),
    role: z.enum(roles),
    invitedByName: z.string(),
    expiresAt: Timestamp,
    tenant: z.object({
      name: z.string(),
      kind: z.enum(['agency', 'client']),
      brand: z.object({ color: z.string().optional() }),
    }),
    hasAccount: z
      .boolean()
      .describe('True: sign in as this address, then accept. False: accept with a name and a password'),
  }),
  async run({ token }, ctx) {
    const { invitation, tenant } = await findInvitation(ctx, token)
    const { email, role, invitedByName, expiresAt } = invitation
    const { name, kind, brand } = tenant
    const hasAccount = (await ctx.services.accounts.findByEmail(email)) !== null
    return { email, role, invitedByName, expiresAt, tenant: { name, kind, brand }, hasAccount }
  },
})
