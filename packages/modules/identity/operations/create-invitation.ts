import { operation, roles, Timestamp } from '@guildhall/kernel'
import { z } from 'zod'
import { createInvitation } from '../create-invitation.ts'

export const inviteMember = operation({
  name: 'invitations.create',
  summary: 'Invite somebody to this tenant by mail',
  description: 'A second invitation to the same address replaces the first.',
  route: 'POST /invitations',
  permission: 'members:admin',
  status: 201,
  tool: false,
  input: z.object({ email: z.email().max(254), role: z.enum(roles).default('member') }),
  output: z.object({
    id: z.string(),
    email: z.string(),
    role: z.enum(roles),
    expiresAt: Timestamp,
    link: z.string().nullable().describe('To hand over by other means; only when mails do not leave the house'),
  }),
  async run({ email, role }, ctx) {
    const { sendMail, link, ...invitation } = await createInvitation(ctx, { tenant: ctx.tenant, email, role })
    await sendMail()
    ctx.audit({ targets: [{ type: 'invitation', id: invitation.id, name: invitation.email }], metadata: { role } })
    // Where a mail server carries it, only the recipient may have it: that proves the address.
    return { ...invitation, link: ctx.services.mail.leavesTheHouse ? null : link }
  },
})
