import { forbidden, invalidInput, operation } from '@guildhall/kernel'
import { z } from 'zod'
import { placeholderEmail } from '../first-owner.ts'

export const updateMe = operation({
  name: 'me.update',
  summary: 'Change your name; enter an address where there is only a placeholder',
  route: 'PATCH /me',
  permission: 'authenticated',
  tenant: 'none',
  external: true,
  tool: false,
  input: z.object({ name: z.string().trim().min(1).max(80).optional(), email: z.email().max(254).optional() }),
  output: z.object({ id: z.string(), name: z.string(), email: z.string() }),
  async run({ name, email }, ctx) {
    const { actor } = ctx
    if (actor.type !== 'user') throw forbidden('Only a person has an account; this is an API key.')
    // An address that works is changed by a mail to the new one, which proves that it is theirs.
    if (email !== undefined && actor.email !== placeholderEmail && email.toLowerCase() !== actor.email)
      throw invalidInput([
        {
          field: 'email',
          message: 'is changed with POST /api/auth/change-email, which asks the new address for confirmation',
        },
      ])
    const account = await ctx.services.accounts.update(actor.id, {
      ...(name === undefined ? {} : { name }),
      ...(email === undefined ? {} : { email }),
    })
    return { id: account.id, name: account.name, email: account.email }
  },
})
