import type { Runtime, Services } from '@guildhall/kernel'

/** Days that mails are kept, by installation: tests start several in one process. */
const days = new WeakMap<Services, number>()

export function openRetention({ services, config }: Runtime): void {
  days.set(services, config.GUILDHALL_MAIL_RETENTION_DAYS)
}

/** How long mails are kept, in ms. */
export function retentionOf(services: Services): number {
  const kept = days.get(services)
  if (kept === undefined) throw new Error('The notifications module has not started')
  return kept * 86_400_000
}
