import { Id, notFound, operation } from '@guildhall/kernel'
import { z } from 'zod'
import { describeRoute, Route } from '../routes/route-output.ts'

export const getProviderRoute = operation({
  name: 'provider-routes.get',
  summary: 'One route with its targets and rules',
  route: 'GET /provider-routes/{id}',
  permission: 'providers:read',
  input: z.object({ id: Id }),
  output: Route,
  external: true,
  async run({ id }, ctx) {
    const route = (await ctx.services.providerAdministration.routes(ctx)).find((candidate) => candidate.id === id)
    if (!route) throw notFound('route', id)
    return describeRoute(route)
  },
})
