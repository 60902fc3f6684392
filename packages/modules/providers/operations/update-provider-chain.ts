import { invalidInput, operation } from '@guildhall/kernel'
import { eq } from 'drizzle-orm'
import { z } from 'zod'
import { isProviderKind } from '../kinds.ts'
import { providersTopic } from '../load-providers.ts'
import { Chain, ModelName, ProviderSlug } from '../provider-output.ts'
import { providerChains } from '../schema.ts'

export const updateProviderChain = operation({
  name: 'provider-chain.update',
  summary: 'Set in which order models are asked',
  description: 'An empty list removes the tenant’s own order: the agency’s applies again, or the default one.',
  route: 'PUT /provider-chain',
  permission: 'providers:admin',
  input: z.object({ targets: z.array(z.object({ provider: ProviderSlug, model: ModelName })).max(20) }),
  output: Chain,
  external: true,
  async run({ targets }, ctx) {
    const administration = ctx.services.providerAdministration
    const known = new Set(await administration.slugs(ctx))
    const errors = targets.flatMap(({ provider }, index) =>
      known.has(provider) || isProviderKind(provider)
        ? []
        : [
            {
              field: `targets.${index}.provider`,
              message: `is not known here; known are ${[...known].join(', ') || 'none yet'}`,
            },
          ],
    )
    if (errors.length > 0) throw invalidInput(errors)
    const tenantId = ctx.tenant.id
    await ctx.transaction(async (tx) => {
      if (targets.length === 0) await tx.db.delete(providerChains).where(eq(providerChains.tenantId, tenantId))
      else {
        const values = { targets, updatedAt: ctx.now() }
        await tx.db
          .insert(providerChains)
          .values({ tenantId, ...values })
          .onConflictDoUpdate({ target: providerChains.tenantId, set: values })
      }
      tx.audit({ metadata: { targets } })
      tx.notice(providersTopic, tenantId)
    })
    const { targets: inForce, source } = await administration.chain(ctx)
    return { targets: inForce, source, inherited: source === 'agency' }
  },
})
