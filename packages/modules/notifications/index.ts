import { defineModule } from '@guildhall/kernel'
import { createMailer } from './create-mailer.ts'
import { deliverMail } from './jobs/deliver-mail.ts'
import { expireMails } from './jobs/expire-mails.ts'
import { openOutgoing, outgoingOf } from './outgoing.ts'
import { getMail } from './operations/get-mail.ts'
import { listMails } from './operations/list-mails.ts'
import { openRetention } from './retention.ts'

export * from './mailer.ts'
export { MailRefusedError, verifySmtp } from './adapters/smtp.ts'
export { mails } from './schema.ts'
export * as notificationsSchema from './schema.ts'

export const notificationsModule = defineModule({
  name: 'notifications',
  operations: [listMails, getMail],
  jobs: [deliverMail, expireMails],
  services(runtime) {
    openRetention(runtime)
    return { mail: createMailer(openOutgoing(runtime) !== null) }
  },
  start: (runtime) => async () => {
    outgoingOf(runtime.services)?.close()
  },
  async health(runtime) {
    const smtp = outgoingOf(runtime.services)
    if (!smtp)
      return [
        {
          name: 'mail',
          state: 'off',
          detail: 'Mails stay in the mailbox of the console. Set SMTP_URL and MAIL_FROM to send them.',
          latencyMs: null,
        },
      ]
    const started = performance.now()
    try {
      await smtp.verify()
      return [
        {
          name: 'mail',
          state: 'ok',
          detail: 'The mail server accepts our login.',
          latencyMs: Math.round(performance.now() - started),
        },
      ]
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      return [
        {
          name: 'mail',
          state: 'degraded',
          detail: 'The mail server does not take mails; they wait and are tried again. Check SMTP_URL.',
          latencyMs: null,
          lastError: { message, at: runtime.now().toISOString() },
        },
      ]
    }
  },
})
