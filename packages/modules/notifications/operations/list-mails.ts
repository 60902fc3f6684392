import { containsText, filterOf, listInput, listRows, matches, operation, page, Timestamp } from '@guildhall/kernel'
import { and, eq, or } from 'drizzle-orm'
import { z } from 'zod'
import { mails } from '../schema.ts'

const mailStates = ['queued', 'sent', 'failed', 'kept'] as const

/** A mail in a list: everything but its words. */
export const MailSummary = z.object({
  id: z.string(),
  to: z.string(),
  subject: z.string(),
  confidential: z.boolean(),
  state: z.enum(mailStates).describe('`kept` = there is no mail server, it can be read here'),
  error: z.string().nullable(),
  createdAt: Timestamp,
  sentAt: Timestamp.nullable(),
})

export const listMails = operation({
  name: 'mailbox.list',
  summary: 'Mails of this tenant, and what became of them',
  route: 'GET /mailbox',
  permission: 'mailbox:admin',
  tool: false,
  input: listInput(['createdAt'], { state: filterOf(mailStates) }),
  output: page(MailSummary),
  async run(input, ctx) {
    return await listRows<typeof mails.$inferSelect>(
      ctx.db,
      {
        table: mails,
        id: mails.id,
        sortable: { createdAt: mails.createdAt },
        defaultSort: '-createdAt',
        where: and(
          eq(mails.tenantId, ctx.tenant.id),
          matches(mails.state, input.state),
          or(containsText(mails.subject, input.q), containsText(mails.to, input.q)),
        ),
      },
      input,
    )
  },
})
