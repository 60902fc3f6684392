import { containsText, listInput, listRows, operation, page, roles, Timestamp } from '@guildhall/kernel'
import { and, eq, isNull } from 'drizzle-orm'
import { z } from 'zod'
import { invitations } from '../schema.ts'

export const listInvitations = operation({
  name: 'invitations.list',
  summary: 'Invitations that nobody has accepted yet',
  route: 'GET /invitations',
  permission: 'members:admin',
  tool: false,
  input: listInput(['createdAt', 'email'], {}),
  output: page(
    z.object({
      id: z.string(),
      email: z.string(),
      role: z.enum(roles),
      invitedByName: z.string(),
      createdAt: Timestamp,
      expiresAt: Timestamp,
      expired: z.boolean(),
    }),
  ),
  async run(input, ctx) {
    const list = await listRows<typeof invitations.$inferSelect>(
      ctx.db,
      {
        table: invitations,
        id: invitations.id,
        sortable: { createdAt: invitations.createdAt, email: invitations.email },
        defaultSort: '-createdAt',
        where: and(
          eq(invitations.tenantId, ctx.tenant.id),
          isNull(invitations.acceptedAt),
          containsText(invitations.email, input.q),
        ),
      },
      input,
    )
    const now = ctx.now()
    return { ...list, items: list.items.map((invitation) => ({ ...invitation, expired: invitation.expiresAt <= now })) }
  },
})
