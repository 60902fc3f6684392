import type { Context } from '@guildhall/kernel'

export interface Mail {
  to: string
  subject: string
  /** Plain text; the HTML part is made from it with the tenant's name and colour. */
  text: string
  /** One link that the mail is about, rendered as a button. */
  action?: { label: string; url: string }
}

/** Sends mail, or keeps it in the mailbox of the console when no mail server is configured. */
export interface Mailer {
  /** Queues durably in the tenant of `ctx`; the job retries temporary refusals (4xx) and gives up on permanent ones (5xx). */
  send(ctx: Context, mail: Mail): Promise<void>
  /** False when mails only reach the mailbox in the console. */
  readonly leavesTheHouse: boolean
}

declare module '@guildhall/kernel' {
  interface Services {
    mail: Mailer
  }
}
