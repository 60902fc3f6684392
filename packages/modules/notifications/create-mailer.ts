import { invalidInput, newId, type Context, type TransactionContext } from '@guildhall/kernel'
import { z } from 'zod'
import { sealContent } from './content.ts'
import { deliverMail } from './jobs/deliver-mail.ts'
import { scheduleSweep } from './jobs/expire-mails.ts'
import type { Mailer } from './mailer.ts'
import { mails } from './schema.ts'

/** Writes each mail to the mailbox and, when there is a mail server, queues its delivery in the same transaction. */
export function createMailer(leavesTheHouse: boolean): Mailer {
  return {
    leavesTheHouse,
    async send(ctx, mail) {
      if (!z.email().safeParse(mail.to).success)
        throw invalidInput([{ field: 'to', message: 'is not an e-mail address' }])
      await inTransactionOf(ctx, async (transaction) => {
        const id = newId()
        const { to, text, action, confidential = false, about = null } = mail
        // Mail programs show one line; a line break would begin a new header.
        const subject = mail.subject.replaceAll(/\s+/g, ' ').trim().slice(0, 200)
        const content = await sealContent(transaction, id, action ? { text, action } : { text })
        const state = leavesTheHouse ? 'queued' : 'kept'
        const written = await transaction.db
          .insert(mails)
          .values({
            id,
            tenantId: transaction.tenant.id,
            to,
            subject,
            content,
            about,
            confidential,
            state,
            createdAt: transaction.now(),
          })
          .onConflictDoNothing({ target: [mails.tenantId, mails.about, mails.to] })
          .returning({ id: mails.id })
        if (written.length === 0) return
        if (leavesTheHouse) transaction.enqueue(deliverMail, { mailId: id })
        scheduleSweep(transaction, transaction.now())
      })
    },
  }
}

/** In the caller's own transaction when there is one: a mail about something that was rolled back must not go out. */
function inTransactionOf(ctx: Context, work: (transaction: TransactionContext) => Promise<void>): Promise<void> {
  return isTransaction(ctx) ? work(ctx) : ctx.transaction(work)
}

function isTransaction(ctx: Context): ctx is TransactionContext {
  return 'db' in ctx
}
