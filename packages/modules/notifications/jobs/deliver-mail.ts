import { Id, job, tenants, type Context } from '@guildhall/kernel'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import { MailRefusedError } from '../adapters/smtp.ts'
import { openContent } from '../content.ts'
import { outgoingOf } from '../outgoing.ts'
import { renderMail } from '../render-mail.ts'
import { mails } from '../schema.ts'

const mine = (ctx: Context, mailId: string) => and(eq(mails.tenantId, ctx.tenant.id), eq(mails.id, mailId))

/**
 * Hands a mail to the mail server. A temporary refusal is tried again for about half an hour (servers that greylist
 * want a second attempt after some minutes), a permanent one is final at once.
 */
export const deliverMail = job({
  name: 'mail.deliver',
  payload: z.object({ mailId: Id }),
  maxAttempts: 15,
  async run({ mailId }, ctx) {
    const smtp = outgoingOf(ctx.services)
    const read = await ctx.transaction(
      async ({ db }) => {
        const [mail] = await db.select().from(mails).where(mine(ctx, mailId))
        const [tenant] = await db.select().from(tenants).where(eq(tenants.id, ctx.tenant.id))
        return mail && tenant ? { mail, tenant } : null
      },
      { readOnly: true },
    )
    if (!read || read.mail.state !== 'queued' || read.mail.content === null) return
    const { mail, tenant } = read
    // The mail server was taken out of the configuration since: the mailbox has it.
    if (!smtp) return await settle(ctx, mailId, { state: 'kept', error: null })
    const rendered = renderMail(mail.subject, await openContent(ctx, mailId, read.mail.content), {
      name: tenant.name,
      color: tenant.brand.color,
    })
    try {
      await smtp.deliver({ messageId: mailId, fromName: tenant.name, to: mail.to, subject: mail.subject, ...rendered })
    } catch (error) {
      if (!(error instanceof MailRefusedError) || !error.permanent) {
        await settle(ctx, mailId, { error: error instanceof Error ? error.message : String(error) })
        throw error
      }
      ctx.log.warn({ mailId, reason: error.message }, 'mail refused for good')
      return await settle(ctx, mailId, { state: 'failed', error: error.message })
    }
    await settle(ctx, mailId, {
      state: 'sent',
      sentAt: ctx.now(),
      error: null,
      ...(mail.confidential ? { content: null } : {}),
    })
  },
  async failed({ mailId }, error, ctx) {
    await settle(ctx, mailId, { state: 'failed', error: error.message })
  },
})

async function settle(ctx: Context, mailId: string, values: Partial<typeof mails.$inferInsert>): Promise<void> {
  await ctx.transaction(({ db }) => db.update(mails).set(values).where(mine(ctx, mailId)))
}
