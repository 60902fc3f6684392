import { Id, notFound, operation, tenants } from '@guildhall/kernel'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import { openContent } from '../content.ts'
import { renderMail } from '../render-mail.ts'
import { mails } from '../schema.ts'
import { MailSummary } from './list-mails.ts'

export const getMail = operation({
  name: 'mailbox.get',
  summary: 'One mail as its recipient sees it',
  route: 'GET /mailbox/{id}',
  permission: 'mailbox:admin',
  tool: false,
  input: z.object({ id: Id }),
  output: MailSummary.extend({
    content: z
      .object({
        text: z.string(),
        html: z.string(),
        action: z.object({ label: z.string(), url: z.string() }).nullable(),
      })
      .nullable(),
    /** Why there is no content. */
    withheld: z.enum(['confidential', 'not-kept']).nullable(),
  }),
  async run({ id }, ctx) {
    const [mail] = await ctx.db
      .select()
      .from(mails)
      .where(and(eq(mails.tenantId, ctx.tenant.id), eq(mails.id, id)))
    if (!mail) throw notFound('mail', id)
    if (mail.content === null) return { ...mail, content: null, withheld: 'not-kept' as const }
    // A link that resets an owner's password would make an admin an owner.
    if (mail.confidential && ctx.caller.role !== 'owner')
      return { ...mail, content: null, withheld: 'confidential' as const }
    const content = await openContent(ctx, id, mail.content)
    const [tenant] = await ctx.db.select().from(tenants).where(eq(tenants.id, ctx.tenant.id))
    const rendered = renderMail(mail.subject, content, { name: ctx.tenant.name, color: tenant?.brand.color })
    return { ...mail, content: { ...rendered, action: content.action ?? null }, withheld: null }
  },
})
