import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer } from 'smtp-server'

/** A mail server that keeps what it is given; independent of the library that sends. */
export interface MailServer {
  /** For `SMTP_URL`. */
  url: string
  received(): Promise<Email[]>
  /** Refuses the next recipients with this status, as often as said. */
  refuse(status: number, times: number): void
  /** The first mail to an address, waited for. */
  waitFor(to: string, subject?: RegExp): Promise<Email>
  stop(): Promise<void>
}

export async function startMailServer(): Promise<MailServer> {
  const received: Buffer[] = []
  let refusals: number[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    onRcptTo(_address, _session, done) {
      const status = refusals.shift()
      done(status === undefined ? null : Object.assign(new Error('refused by the test'), { responseCode: status }))
    },
    onData(stream, _session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        received.push(Buffer.concat(chunks))
        done()
      })
    },
  })
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  const { port } = server.server.address() as AddressInfo
  const parsed = () => Promise.all(received.map((raw) => PostalMime.parse(raw)))
  return {
    url: `smtp://127.0.0.1:${port}`,
    received: parsed,
    refuse: (status, times) => {
      refusals = Array.from({ length: times }, () => status)
    },
    async waitFor(to, subject = /./) {
      for (const deadline = Date.now() + 10_000; Date.now() < deadline;) {
        const found = (await parsed()).findLast(
          (mail) => mail.to?.some((address) => address.address === to) && subject.test(mail.subject ?? ''),
        )
        if (found) return found
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      throw new Error(`No mail to ${to} with ${String(subject)} arrived`)
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
      }),
  }
}
