import { operation } from '@guildhall/kernel'
import { z } from 'zod'

/** What the sign-in page offers. */
export const getSignInOptions = operation({
  name: 'sign-in.options',
  summary: 'Whether an account can be made, and whether mails reach people',
  route: 'GET /sign-in-options',
  permission: 'public',
  tenant: 'none',
  external: true,
  tool: false,
  input: z.object({}),
  output: z.object({
    signUp: z
      .enum(['owner', 'open', 'closed'])
      .describe('`owner` = there is nobody yet, the first account becomes the owner'),
    mailLeavesTheHouse: z
      .boolean()
      .describe('False = links of mails are read by the owner in the mailbox of the console'),
  }),
  async run(_input, ctx) {
    return { signUp: await ctx.services.accounts.signUp(), mailLeavesTheHouse: ctx.services.mail.leavesTheHouse }
  },
})
