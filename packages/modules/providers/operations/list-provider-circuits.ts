import { operation } from '@guildhall/kernel'
import { z } from 'zod'

export const listProviderCircuits = operation({
  name: 'provider-circuits.list',
  summary: 'Who is not asked for a while after failures, why, and for how long',
  description:
    'A circuit is of a connection as a whole or of one model of it. Closed ones are not listed. All processes share what they learn.',
  route: 'GET /provider-circuits',
  permission: 'providers:read',
  input: z.object({}),
  output: z.object({
    items: z.array(
      z.object({
        provider: z.string(),
        model: z.string().nullable().describe('Null = the whole connection'),
        state: z
          .enum(['open', 'half-open'])
          .describe('`open` = passed over; `half-open` = the next call of all processes tries it'),
        openForMs: z.int().describe('Milliseconds until it is tried again; 0 = with the next call'),
        reason: z.string().nullable().describe('Why it was opened, as in an attempt'),
      }),
    ),
  }),
  external: true,
  async run(_input, ctx) {
    return { items: await ctx.services.providerAdministration.circuits(ctx) }
  },
})
