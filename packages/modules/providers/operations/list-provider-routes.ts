import { operation } from '@guildhall/kernel'
import { z } from 'zod'
import { describeRoute, Route } from '../routes/route-output.ts'

export const listProviderRoutes = operation({
  name: 'provider-routes.list',
  summary: 'Routes that requests of this tenant can name, those of its agency included',
  description:
    'An agency’s route whose alias the client has too is listed as well: it answers where the client’s own is for one project only.',
  route: 'GET /provider-routes',
  permission: 'providers:read',
  input: z.object({}),
  output: z.object({ items: z.array(Route) }),
  external: true,
  async run(_input, ctx) {
    const routes = await ctx.services.providerAdministration.routes(ctx)
    return { items: routes.map(describeRoute) }
  },
})
