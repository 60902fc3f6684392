import { systemCaller, type Runtime } from '@guildhall/kernel'
import type { Mail } from '@guildhall/modules/notifications'
import { ensureAgency } from './agency.ts'
import type { AuthUser } from './better-auth.ts'

/** Mails about a person's account. They come from the agency, also before anybody belongs to it. */
export async function sendPasswordReset(runtime: Runtime, user: AuthUser, url: string): Promise<void> {
  await fromAgency(runtime, {
    to: user.email,
    subject: 'Choose a new password',
    text: `Hello ${user.name},\n\nsomebody, hopefully you, asked for a new password for this account. The link works once, within an hour.\n\nIf it was not you, ignore this mail: nothing has changed.`,
    action: { label: 'Choose a new password', url },
    confidential: true,
  })
}

export async function sendVerification(runtime: Runtime, user: AuthUser, url: string): Promise<void> {
  await fromAgency(runtime, {
    to: user.email,
    subject: 'Confirm your e-mail address',
    text: `Hello ${user.name},\n\nplease confirm that this address is yours. After that you can sign in.`,
    action: { label: 'Confirm the address', url },
    confidential: true,
  })
}

export async function sendAccountExists(runtime: Runtime, user: AuthUser): Promise<void> {
  await fromAgency(runtime, {
    to: user.email,
    subject: 'You have an account already',
    text: `Hello ${user.name},\n\nsomebody, hopefully you, tried to make an account with this address. There is one: sign in with it, or choose a new password if you forgot yours.`,
    action: { label: 'Sign in', url: `${runtime.config.publicUrl}/sign-in` },
  })
}

async function fromAgency(runtime: Runtime, mail: Mail): Promise<void> {
  const agency = await ensureAgency(runtime.database)
  await runtime.services.mail.send(runtime.context(systemCaller(agency, 'Accounts')), mail)
}
