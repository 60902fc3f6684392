import { notFound, operation } from '@guildhall/kernel'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import { providersTopic } from '../load-providers.ts'
import { ProviderSlug } from '../provider-output.ts'
import { providerConnections } from '../schema.ts'

export const removeProvider = operation({
  name: 'providers.remove',
  summary: 'Forget a provider’s key',
  description: 'A client falls back to its agency’s key of the same provider, where there is one.',
  route: 'DELETE /providers/{kind}',
  permission: 'providers:admin',
  input: z.object({ kind: ProviderSlug }),
  output: z.object({ kind: z.string() }),
  tool: false,
  async run({ kind }, ctx) {
    const removed = await ctx.db
      .delete(providerConnections)
      .where(and(eq(providerConnections.tenantId, ctx.tenant.id), eq(providerConnections.slug, kind)))
      .returning({ slug: providerConnections.slug })
    if (removed.length === 0) throw notFound('provider of your own', kind)
    ctx.audit({ targets: [{ type: 'provider', id: kind }] })
    ctx.notice(providersTopic, ctx.tenant.id)
    ctx.services.providerAdministration.changed(ctx.tenant.id, kind)
    return { kind }
  },
})
