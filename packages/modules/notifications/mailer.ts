import type { Context } from '@guildhall/kernel'

export interface Mail {
  to: string
  subject: string
  /** Plain text; the HTML part is made from it with the tenant's name and colour. */
  text: string
  /** One link that the mail is about, rendered as a button. */
  action?: { label: string; url: string }
  /**
   * It carries a secret, such as a link that resets a password: who can read it can become its recipient. In the
   * mailbox only owners see its content, and once a mail server has taken it, the content is not kept.
   */
  confidential?: boolean
  /** What it is about: a second mail about the same to the same address is not sent, so that a job may run again. */
  about?: string
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
