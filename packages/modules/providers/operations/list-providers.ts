import { operation } from '@guildhall/kernel'
import { z } from 'zod'
import { Provider } from '../provider-output.ts'

export const listProviders = operation({
  name: 'providers.list',
  summary: 'Providers with their models and state: configured here, inherited, or not at all',
  route: 'GET /providers',
  permission: 'providers:read',
  input: z.object({}),
  output: z.object({ items: z.array(Provider) }),
  external: true,
  async run(_input, ctx) {
    return { items: await ctx.services.providerAdministration.states(ctx) }
  },
})
