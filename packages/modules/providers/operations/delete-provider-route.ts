import { Id, notFound, operation } from '@guildhall/kernel'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import { providersTopic } from '../load-providers.ts'
import { providerRoutes } from '../schema.ts'

export const deleteProviderRoute = operation({
  name: 'provider-routes.delete',
  summary: 'Remove a route',
  description: 'Requests that still name it get the agency’s of that name where there is one, else they are refused.',
  route: 'DELETE /provider-routes/{id}',
  permission: 'providers:admin',
  input: z.object({ id: Id }),
  output: z.object({ id: Id }),
  async run({ id }, ctx) {
    const [removed] = await ctx.db
      .delete(providerRoutes)
      .where(and(eq(providerRoutes.tenantId, ctx.tenant.id), eq(providerRoutes.id, id)))
      .returning({ alias: providerRoutes.alias })
    if (!removed) throw notFound('route of your own', id)
    ctx.notice(providersTopic, ctx.tenant.id)
    ctx.audit({ targets: [{ type: 'provider-route', id, name: removed.alias }] })
    return { id }
  },
})
