import { createTransport } from 'nodemailer'

/** A mail as the mail server gets it. */
interface Envelope {
  /** Stable per mail, so that a mail which is handed over twice is shown once. */
  messageId: string
  fromName: string
  to: string
  subject: string
  text: string
  html: string
}

export interface Smtp {
  /** @throws MailRefusedError when the server says no; `permanent` tells whether trying again can help. */
  deliver(mail: Envelope): Promise<void>
  /** @throws MailRefusedError when the server cannot be reached or refuses the login. */
  verify(): Promise<void>
  close(): void
}

/** What the mail server, or the way to it, said. */
export class MailRefusedError extends Error {
  /** True for 5xx (RFC 5321, section 4.2.1): the same mail will never be taken. */
  readonly permanent: boolean
  constructor(message: string, permanent: boolean, options?: ErrorOptions) {
    super(message, options)
    this.name = 'MailRefusedError'
    this.permanent = permanent
  }
}

/**
 * Hands mails to an SMTP server over a few kept connections.
 * @param url `smtp://user:password@host:587` (STARTTLS) or `smtps://...:465`. With a login, encryption is a must unless the server is on this machine.
 * @param from `Name <address>`; the name is replaced by the tenant's.
 */
export function openSmtp(url: string, from: string): Smtp {
  const { username, hostname } = new URL(url)
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: 3,
    requireTLS: username !== '' && !local,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 30_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const address = /<([^<>\s]+)>/.exec(from)?.[1] ?? from.trim()
  return {
    async deliver({ messageId, fromName, to, subject, text, html }) {
      const domain = address.split('@')[1] ?? 'localhost'
      try {
        await transport.sendMail({
          messageId: `<${messageId}@${domain}>`,
          from: { name: fromName, address },
          to: { name: '', address: to },
          subject,
          text,
          html,
          // Keeps vacation responders quiet (RFC 3834).
          headers: { 'Auto-Submitted': 'auto-generated' },
        })
      } catch (error) {
        throw refusal(error)
      }
    },
    async verify() {
      try {
        await transport.verify()
      } catch (error) {
        throw refusal(error)
      }
    },
    close: () => transport.close(),
  }
}

/** Tries the server and the login of `SMTP_URL`. @throws MailRefusedError */
export async function verifySmtp(url: string): Promise<void> {
  const smtp = openSmtp(url, 'no-reply@localhost')
  try {
    await smtp.verify()
  } finally {
    smtp.close()
  }
}

function refusal(error: unknown): MailRefusedError {
  const cause = error instanceof Error ? error : new Error(String(error))
  const code: unknown = Reflect.get(cause, 'responseCode')
  // A refused login or missing encryption is the operator's to mend: the mail waits for that.
  const kind: unknown = Reflect.get(cause, 'code')
  const permanent = typeof code === 'number' && code >= 500 && kind !== 'EAUTH' && kind !== 'ETLS'
  return new MailRefusedError(cause.message, permanent, { cause })
}
