import type { Runtime, Services } from '@guildhall/kernel'
import { openSmtp, type Smtp } from './adapters/smtp.ts'

/** Mail servers by installation: tests start several in one process. */
const servers = new WeakMap<Services, Smtp>()

/** Opens the way out when one is configured. */
export function openOutgoing(runtime: Runtime): Smtp | null {
  const { SMTP_URL, MAIL_FROM } = runtime.config
  if (!SMTP_URL) return null
  const smtp = openSmtp(SMTP_URL, MAIL_FROM)
  servers.set(runtime.services, smtp)
  return smtp
}

/** Null when mails stay in the console. */
export function outgoingOf(services: Services): Smtp | null {
  return servers.get(services) ?? null
}
