import { conflict, forbidden, operation } from '@guildhall/kernel'
import { z } from 'zod'

export const setFirstPassword = operation({
  name: 'me.set-password',
  summary: 'Choose a password for an account that has none yet',
  description: 'Somebody who has one changes it with POST /api/auth/change-password, which asks for the old one.',
  route: 'PUT /me/password',
  permission: 'authenticated',
  tenant: 'none',
  external: true,
  tool: false,
  secret: ['password'],
  input: z.object({ password: z.string().min(12).max(256) }),
  output: z.object({ hasPassword: z.literal(true) }),
  async run({ password }, ctx) {
    const { actor, services } = ctx
    if (actor.type !== 'user') throw forbidden('Only a person has an account; this is an API key.')
    if (await services.accounts.hasPassword(actor.id))
      throw conflict('This account has a password. Change it with the old one, or reset it by mail.')
    await services.accounts.setPassword(actor.id, password, { keepSessions: true })
    return { hasPassword: true as const }
  },
})
